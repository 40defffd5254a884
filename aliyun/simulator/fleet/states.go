package fleet

import "slices"

// The states of a device task, in the order in which it goes through them.
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

// anyState is in the place of a state where the caller asks for all tasks.
const anyState = -1

// tally is the number of device tasks by state.
type tally [states]int

// IsTaskStatus tells whether a text is one of the values of TaskStatus.
func IsTaskStatus(text string) bool { return slices.Contains(stateNames[:], text) }

// stateOf is the state with a name; anyState for "" and for what is no TaskStatus.
func stateOf(status string) int { return slices.Index(stateNames[:], status) }
