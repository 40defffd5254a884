package simulator

import "time"

const (
	planned    = "PLANNED"
	inProgress = "IN_PROGRESS"
	completed  = "COMPLETED"
	cancelled  = "CANCELED"
)

// status is the JobStatus at t and the start and the end, zero while they have
// not come.
func (v *batch) status(t time.Time) (status string, start, end time.Time) {
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

// cancelAt is when the batch is or will be CANCELED; zero if it completes first
// or nothing cancels it.
func (v *batch) cancelAt() time.Time {
	at := v.cancelled
	if f := v.ScheduleFinish; !f.IsZero() && (at.IsZero() || f.Before(at)) {
		at = f
	}
	if !v.completed.IsZero() && !v.completed.After(at) {
		return time.Time{}
	}
	return at
}

// modified is UtcModified at t.
func (v *batch) modified(t time.Time) time.Time {
	if !v.Modified.IsZero() {
		return v.Modified
	}
	last := v.Create
	_, start, end := v.status(t)
	for _, m := range []time.Time{v.updated, start, end} {
		if m.After(last) {
			last = m
		}
	}
	return last
}

// planCompletion is when the last device of a static batch ends; zero if one never
// does.
func (v *batch) planCompletion() time.Time {
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
		for k, s := range v.segments {
			to := total
			if k+1 < len(v.segments) {
				to = v.segments[k+1].first
			}
			// The last device of this residue below to.
			i := to - 1 - (to-1-r+period)%period
			if i < s.first || i < 0 {
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
