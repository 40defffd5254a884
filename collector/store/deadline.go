package store

import (
	"math"
	"time"
)

// The bases of a deadline, as in the basis label.
const (
	basisScheduleFinish = "schedule_finish" // UtcScheduleFinishTime
	basisSettings       = "settings"        // start, push limit and timeout
	basisDefault        = "default"         // start and polling.expected_duration
)

// century is the longest time from the start to a deadline, in minutes. It stands for
// "never" and fits a [time.Duration].
const century = 100 * 365 * 24 * 60.0

// Deadline is when the batch is expected to have ended, and the basis of that. It is
// not ok if the batch has no deadline: the batch is dynamic and goes on until it is
// cancelled, or too little is known of it. If it is not ok but has a basis, the devices
// must be counted first.
//
// Retries do not extend the deadline: they happen within the one timeout of a device.
func (s *State) Deadline(expected time.Duration) (at time.Time, basis string, ok bool) {
	switch job := s.Job; {
	case s.AsOf.IsZero(), job == nil, job.Dynamic(): // a list alone shows no settings
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

// pushMinutes is how long it takes to push the upgrade to all devices of the batch. It
// is not known if devices are counted but those of this batch were not yet. It is 0
// if devices are not counted at all.
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
