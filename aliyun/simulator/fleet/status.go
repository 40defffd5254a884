package fleet

import (
	"slices"
	"time"
)

// The values of JobStatus.
const (
	planned    = "PLANNED"
	inProgress = "IN_PROGRESS"
	completed  = "COMPLETED"
	cancelled  = "CANCELED"
)

// StatusAt returns the JobStatus at t, and the start and the end if they have passed;
// otherwise they are zero.
func (v *Job) StatusAt(t time.Time) (status string, start, end time.Time) {
	if v.Status != "" {
		return v.Status, v.Start, v.End
	}
	if at := v.cancelAt(); !at.IsZero() && !t.Before(at) {
		if v.start.After(at) {
			return cancelled, time.Time{}, at
		}
		return cancelled, v.start, at
	}
	switch {
	case t.Before(v.start):
		return planned, time.Time{}, time.Time{}
	case !v.completed.IsZero() && !t.Before(v.completed):
		return completed, v.start, v.completed
	}
	return inProgress, v.start, time.Time{}
}

// cancelAt returns when the batch is or will be CANCELED. It is zero if the batch
// completes first or if nothing cancels it.
func (v *Job) cancelAt() time.Time {
	at := v.Cancelled
	if f := v.ScheduleFinish; !f.IsZero() && (at.IsZero() || f.Before(at)) {
		at = f
	}
	if !v.completed.IsZero() && !v.completed.After(at) {
		return time.Time{}
	}
	return at
}

// modified returns UtcModified at t.
func (v *Job) modified(t time.Time) time.Time {
	if !v.Modified.IsZero() {
		return v.Modified
	}
	_, start, end := v.StatusAt(t)
	return slices.MaxFunc([]time.Time{v.Create, v.updated, start, end}, time.Time.Compare)
}

// planCompletion returns when the last device task of a static batch ends, zero if one
// never ends. All devices with one residue in one segment take the same time after the
// push, so only the last of them matters.
func (v *Job) planCompletion() time.Time {
	if v.SelectionType == "DYNAMIC" || v.Status != "" {
		return time.Time{}
	}
	var last time.Duration
	total := v.Devices.Count
	for r := range min(period, total) {
		kind := v.kind(r)
		if kind == offline || kind == unconfirmed {
			return time.Time{}
		}
		for _, s := range v.segments {
			to := min(s.end, total)
			i := to - 1 - (to-1-r+period)%period // the last of this residue before to
			if i < s.first {
				continue
			}
			c := v.course(r, s.pace)
			if c.end == never {
				return time.Time{}
			}
			last = max(last, v.push(i)+c.end)
		}
	}
	return v.start.Add(last)
}
