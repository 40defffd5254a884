package store

import (
	"math"
	"time"
)

// The bases of a deadline, as in the basis label.
const (
	basisScheduleFinish = "schedule_finish" // the end that the batch was scheduled with
	basisSettings       = "settings"        // its start, push limit and timeout
	basisDefault        = "default"         // its start and polling.expected_duration
)

// century is the longest time that a deadline may be after the start: as good as
// never, and it fits a [time.Duration].
const century = 100 * 365 * 24 * 60.0 // minutes

// Deadline is when a batch is expected to have ended. Not ok: it has no deadline,
// because it is dynamic and goes on until it is cancelled, or because too little is
// known of it. A basis without ok says that its devices must be counted first.
//
// Retries do not prolong it: they happen within the one timeout of a device.
func (s *State) Deadline(expected time.Duration) (at time.Time, basis string, ok bool) {
	switch job := s.Job; {
	case s.AsOf.IsZero(), job == nil, job.Dynamic(): // of one that only a list showed no setting is known
		return at, "", false
	case job.UtcScheduleFinishTime != nil:
		return *job.UtcScheduleFinishTime, basisScheduleFinish, true
	case job.UtcStartTime == nil:
		return at, "", false
	case job.Timeout() == nil:
		return job.UtcStartTime.Add(expected), basisDefault, true
	}
	push, known := s.pushMinutes()
	if !known {
		return at, basisSettings, false
	}
	needed := min(push+*s.Job.Timeout(), century)
	return s.Job.UtcStartTime.Add(time.Duration(needed * float64(time.Minute))), basisSettings, true
}

// pushMinutes is how long it takes to push the upgrade to all devices of the batch.
// It is not known where devices are counted and this batch's were not yet: "not
// counted yet" is not "no devices". Where they are not counted at all it is left out.
func (s *State) pushMinutes() (minutes float64, known bool) {
	limit := s.Job.PushLimit()
	switch {
	case limit == nil:
		return 0, true
	case s.Size == nil:
		return 0, !s.Counted
	}
	return math.Ceil(float64(max(*s.Size, 0)) / *limit), true
}
