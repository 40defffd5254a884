package fleet

import (
	"strconv"
	"strings"
	"time"
)

// Tasks are the device tasks of a batch at one time. It is safe for concurrent use.
type Tasks struct {
	v     *Job
	at    time.Duration // since the start of the batch; if ended, that of the cancel
	ended bool          // tasks that had not ended are CANCELED
	total int           // number of devices matched so far
	fixed *tally        // Batch.Counts
}

// Tasks returns the device tasks at t.
func (v *Job) Tasks(t time.Time) Tasks {
	w := Tasks{v: v, at: t.Sub(v.start)}
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

// state returns the state of one device task. It makes the same comparisons as each. With
// fixed counts, the devices get their states in the order of their index.
func (w Tasks) state(i int) int {
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

// live returns the state that the task would have without a cancel.
func (w Tasks) live(i int) int {
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

// Page returns at most size of the tasks with a TaskStatus, or of all tasks if it is "",
// starting at offset, and the total number of these tasks.
func (w Tasks) Page(status string, offset, size int) (tasks []Record, total int) {
	devices, total := w.page(stateOf(status), offset, size)
	return w.tasks(devices), total
}

// Named returns the tasks of the devices with these names that have a TaskStatus, or any
// TaskStatus if it is "".
func (w Tasks) Named(names []string, status string) []Record {
	state := stateOf(status)
	var devices []int
	for _, name := range names {
		number, ok := strings.CutPrefix(name, devicePrefix)
		i, err := strconv.Atoi(number)
		if ok && err == nil && i >= 0 && i < w.total && (state == anyState || w.state(i) == state) {
			devices = append(devices, i)
		}
	}
	return w.tasks(devices)
}

func (w Tasks) tasks(devices []int) []Record {
	var tasks []Record
	for _, i := range devices {
		tasks = append(tasks, w.task(i))
	}
	return tasks
}
