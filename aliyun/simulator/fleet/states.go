package fleet

import "slices"

// The states of a device task, in the order of its life.
const (
	stateConfirm = iota
	stateQueued
	stateNotified
	stateInProgress
	stateSucceeded
	stateFailed
	stateCancelled
	states
)

var stateNames = [states]string{
	"CONFIRM", "QUEUED", "NOTIFIED", "IN_PROGRESS", "SUCCEEDED", "FAILED", "CANCELED",
}

// anyState stands for all states.
const anyState = -1

// tally is the number of device tasks by state.
type tally [states]int

// IsTaskStatus reports whether a text is a value of TaskStatus.
func IsTaskStatus(text string) bool { return slices.Contains(stateNames[:], text) }

// stateOf returns the state of a TaskStatus, anyState for any other text.
func stateOf(status string) int { return slices.Index(stateNames[:], status) }
