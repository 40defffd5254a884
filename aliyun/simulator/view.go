package simulator

import (
	"slices"
	"time"
)

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

// tally is a number of device tasks by state.
type tally [states]int

func stateOf(name string) int { return slices.Index(stateNames[:], name) }

// view is a batch's device tasks at an instant.
type view struct {
	v     *batch
	at    time.Duration // since the start; of the cancel, if that took the tasks along
	ended bool          // live tasks are CANCELED
	total int
	fixed *tally // Batch.Counts
}

func (v *batch) view(t time.Time) view {
	w := view{v: v, at: t.Sub(v.start)}
	matched := w.at
	if cancel := v.cancelAt(); !cancel.IsZero() && !t.Before(cancel) {
		matched = cancel.Sub(v.start)
		if v.CancelTasks || cancel.Before(v.start) {
			w.ended, w.at = true, matched
		}
	}
	w.total = v.total(matched)
	if v.Counts != nil {
		w.fixed, w.total = &tally{}, 0
		for s, name := range stateNames {
			w.fixed[s] = v.Counts[name]
			w.total += w.fixed[s]
		}
	}
	return w
}

// state of one device's task, by the same comparisons as each.
func (w view) state(i int) int {
	if w.fixed != nil {
		s := 0
		for i >= w.fixed[s] {
			i -= w.fixed[s]
			s++
		}
		return s
	}
	s := w.live(i)
	if w.ended && s < stateSucceeded {
		return stateCancelled
	}
	return s
}

func (w view) live(i int) int {
	v := w.v
	r := i % period
	k := v.kind(r)
	at := v.push(i)
	switch {
	case k == unconfirmed:
		return stateConfirm
	case k == offline || at > w.at:
		if v.needsConfirm() && v.confirmed(i) > w.at {
			return stateConfirm
		}
		return stateQueued
	}
	c := v.course(r, v.paceOf(i))
	switch {
	case at > w.at-c.report:
		return stateNotified
	case at > w.at-c.end:
		return stateInProgress
	}
	return c.final()
}

func (c course) final() int {
	if c.failed {
		return stateFailed
	}
	return stateSucceeded
}

func (v *batch) paceOf(i int) pace {
	k := len(v.segments) - 1
	for k > 0 && i < v.segments[k].first {
		k--
	}
	return v.segments[k].pace
}
