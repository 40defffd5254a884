package collector

import (
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// State is what is known of one batch. It is never changed: news make a new
// one, so a scrape may read it without a lock.
type State struct {
	Target
	Job  *aliyun.Job // the last answer; nil before the first one, and once the batch is gone
	AsOf time.Time   // when Job was true: its call began then; zero: never

	Asked    time.Time     // when the last poll began that the API did not throttle; zero: never
	Err      *aliyun.Error // of the last poll; nil when it succeeded
	ErrAt    time.Time     // when that poll ended; zero while Err is nil
	Failures int           // polls in a row that failed, throttled ones apart
}

// Polled says whether any poll has ended, well or not.
func (s *State) Polled() bool { return !s.Asked.IsZero() || s.Err != nil }

// succeeded is the state after an answer to the poll that began at started.
func (s *State) succeeded(job *aliyun.Job, started time.Time) *State {
	return &State{Target: s.Target, Job: job, AsOf: started, Asked: started}
}

// failed is the state after a poll that began at started. What was known stays
// and grows old, but for a batch that is gone. A throttled poll counts as never
// made: the batch keeps its place and is asked again with the next free slot.
func (s *State) failed(err *aliyun.Error, started, ended time.Time) *State {
	next := *s
	next.Err, next.ErrAt = err, ended
	switch err.Class {
	case aliyun.ClassThrottled:
		return &next
	case aliyun.ClassNotFound:
		next.Job = nil
	}
	next.Asked = started
	next.Failures++
	return &next
}
