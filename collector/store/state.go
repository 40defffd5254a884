package store

import (
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// State is what is known of one batch. It is immutable: its methods return a new
// state, or the same one if nothing changes. It may be read without a lock.
type State struct {
	target.Target
	Job  *aliyun.Job // nil before the first answer, and once the batch is gone
	AsOf time.Time   // when the last QueryOTAJob call began that was answered; zero: none was

	Asked    time.Time     // when the last QueryOTAJob call began that was not throttled; zero: none
	Err      *aliyun.Error // of the last call; nil when it succeeded
	ErrAt    time.Time     // when that call ended; zero while Err is nil
	Failures int           // calls in a row that failed; throttled ones do not count

	Listed  time.Time          // when a list last showed the batch and set its status and times; zero: never
	Changed time.Time          // when a list showed a change that QueryOTAJob was not asked about yet; zero: none
	summary *aliyun.JobSummary // what that list said
	// ListedEvery is the time between the last two lists that showed the batch;
	// zero: fewer than two did.
	ListedEvery time.Duration

	Devices *DeviceCounts // nil: not counted
	// Size is how many devices the batch has. It is known before Devices are, and also
	// where the counts of the statuses do not add up; nil: not known.
	Size *int
	// DevicesErr is why the last count of the devices failed; nil: it succeeded, or there
	// was none since the program started.
	DevicesErr *aliyun.Error

	// History are the last changes that were seen, the newest last; at most 20. It must not
	// be changed.
	History []Event
	// Answers are the last answers of the operations that were called since the program
	// started, in the order of [aliyun.Operations]. They must not be changed.
	Answers []Answer
}

// Polled reports whether a QueryOTAJob call has ended, whatever came of it.
func (s *State) Polled() bool { return !s.Asked.IsZero() || s.Err != nil }

// TrueAt is when the status and the times of the batch were true; zero: never.
func (s *State) TrueAt() time.Time { return later(s.AsOf, s.Listed) }

// EndedAt is when the batch ended, as well as it is known; zero: it has not ended. A
// batch that is gone ended when it was last seen.
func (s *State) EndedAt() time.Time {
	switch {
	case s.Job == nil: // gone, or never polled
		return s.TrueAt()
	case !s.Job.Ended():
		return time.Time{}
	case s.Job.UtcEndTime != nil:
		return *s.Job.UtcEndTime
	case s.Job.UtcModified != nil:
		return *s.Job.UtcModified
	}
	return s.TrueAt()
}

// Answered is the state after an answer to a QueryOTAJob call that began at started.
func (s *State) Answered(job *aliyun.Job, started time.Time) *State {
	next := *s
	next.Job, next.AsOf, next.Asked, next.Changed = job, started, started, time.Time{}
	next.Err, next.ErrAt, next.Failures = nil, time.Time{}, 0
	next.History = withOutcome(s.History, aliyun.OpQueryOTAJob, nil, started)
	if s.Changed.After(started) && differ(s.summary, job.JobStatus, job.UtcModified) {
		// A list showed a change after the call began. The answer does not know it.
		next.Job, next.Changed = merged(job, s.summary), s.Changed
	}
	next.History = withStatus(next.History, s.Job, next.Job, started)
	return &next
}

// FailedWith is the state after a QueryOTAJob call failed. What was known stays and
// ages, except of a batch that is gone. A throttled call counts as never made: the
// batch keeps its place and is asked for again with the next free slot.
func (s *State) FailedWith(err *aliyun.Error, started, ended time.Time) *State {
	next := *s
	next.Err, next.ErrAt = err, ended
	next.History = withOutcome(s.History, aliyun.OpQueryOTAJob, err, ended)
	switch err.Class {
	case aliyun.ClassThrottled:
		return &next
	case aliyun.ClassNotFound:
		next.Job, next.Devices, next.Size, next.DevicesErr = nil, nil, nil, nil
	}
	next.Asked, next.Changed = started, time.Time{}
	next.Failures++
	return &next
}

// later is the later of two times.
func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
