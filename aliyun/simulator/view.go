package simulator

import "time"

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

// view is a batch's device tasks at an instant.
type view struct {
	v     *batch
	at    time.Duration // since the start; the cancel's, if that took the tasks along
	ended bool          // live tasks are CANCELED
	total int           // devices matched so far
	fixed *tally        // Batch.Counts
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

// state is that of one device's task, by the same comparisons as each. Fixed counts
// give the devices their states in order.
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

// live is the state that the task would have if nobody had cancelled it.
func (w view) live(i int) int {
	v := w.v
	r := i % period
	k := v.kind(r)
	s := v.segmentOf(i)
	at := v.pushIn(s, i)
	switch {
	case k == unconfirmed:
		return stateConfirm
	case k == offline || at > w.at:
		if v.needsConfirm() && v.confirmed(i) > w.at {
			return stateConfirm
		}
		return stateQueued
	}
	c := v.course(r, s.pace)
	switch {
	case at > w.at-c.report:
		return stateNotified
	case at > w.at-c.end:
		return stateInProgress
	}
	return c.final()
}
