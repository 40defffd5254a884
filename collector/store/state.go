package store

import (
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// State is what is known of one batch. It is never changed: news makes a new
// one, so a scrape may read it without a lock.
type State struct {
	target.Target
	Job  *aliyun.Job // nil before the first answer, and once the batch is gone
	AsOf time.Time   // when QueryOTAJob said it: its call began then; zero: never

	Asked    time.Time     // when the last poll began that the API did not throttle; zero: never
	Err      *aliyun.Error // of the last poll; nil when it succeeded
	ErrAt    time.Time     // when that poll ended; zero while Err is nil
	Failures int           // polls in a row that failed, throttled ones apart

	Listed  time.Time          // when a list last showed the batch, and made its status and times true; zero: never
	Changed time.Time          // when a list showed news that QueryOTAJob was not asked about yet; zero: none
	summary *aliyun.JobSummary // what that list said
	// ListedEvery is the time between the last two lists that showed the batch;
	// zero: there were no two.
	ListedEvery time.Duration

	Devices *DeviceCounts // nil: not counted
	// Size is how many devices the batch has. It is known before Devices are, and where
	// the counts of the states do not go together; nil: not known.
	Size *int
	// DevicesErr is why the last count of the devices failed; nil: it succeeded, or there
	// was none since the start of the program.
	DevicesErr *aliyun.Error
}

// Polled says whether any poll has ended, well or not.
func (s *State) Polled() bool { return !s.Asked.IsZero() || s.Err != nil }

// TrueAt is when the status and the times of the batch were true; zero: never.
func (s *State) TrueAt() time.Time { return Later(s.AsOf, s.Listed) }

// Answered is the state after an answer to the poll that began at started.
func (s *State) Answered(job *aliyun.Job, started time.Time) *State {
	next := *s
	next.Job, next.AsOf, next.Asked, next.Changed = job, started, started, time.Time{}
	next.Err, next.ErrAt, next.Failures = nil, time.Time{}, 0
	if s.Changed.After(started) && differ(s.summary, job.JobStatus, job.UtcModified) {
		// A list brought news meanwhile, which the answer does not know.
		next.Job, next.Changed = merged(job, s.summary), s.Changed
	}
	return &next
}

// FailedWith is the state after a poll that began at started. What was known stays
// and grows old, but for a batch that is gone. A throttled poll counts as never
// made: the batch keeps its place and is asked again with the next free slot.
func (s *State) FailedWith(err *aliyun.Error, started, ended time.Time) *State {
	next := *s
	next.Err, next.ErrAt = err, ended
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

// ShownByList is the state after a list that was read from asOf on showed the batch.
// An entry without a status says nothing. QueryOTAJob is believed where it says
// that the batch is gone, or gave another status than a list that has no news
// since.
func (s *State) ShownByList(in *aliyun.JobSummary, asOf time.Time) *State {
	if in.JobStatus == nil || asOf.Before(s.TrueAt()) || s.Err != nil && s.Err.Class == aliyun.ClassNotFound {
		return s
	}
	next := *s
	if next.Listed, next.summary = asOf, in; !s.Listed.IsZero() {
		next.ListedEvery = asOf.Sub(s.Listed)
	}
	switch news := s.summary == nil || differ(in, s.summary.JobStatus, s.summary.UtcModified); {
	case s.Job == nil:
	case !news && aliyun.Text(in.JobStatus) != aliyun.Text(s.Job.JobStatus):
		return s
	case !news:
		return &next
	case differ(in, s.Job.JobStatus, s.Job.UtcModified):
		next.Changed = asOf
	}
	next.Job = merged(s.Job, in)
	return &next
}

// FoundBy notes the entry of Discover that would find a batch if it were not
// configured.
func (s *State) FoundBy(source string) *State {
	if source == "" || s.Source == source {
		return s
	}
	next := *s
	next.Source = source
	return &next
}

// differ says whether a list shows another status, or a later change, than was
// known.
func differ(in *aliyun.JobSummary, status *string, modified *time.Time) bool {
	return aliyun.Text(in.JobStatus) != aliyun.Text(status) ||
		in.UtcModified != nil && (modified == nil || !in.UtcModified.Equal(*modified))
}

// merged is a job with the status and the times of a list. Of a batch that was
// never polled it holds all that the list says.
func merged(job *aliyun.Job, in *aliyun.JobSummary) *aliyun.Job {
	next := aliyun.Job{
		JobType: in.JobType, ProductKey: in.ProductKey, FirmwareID: in.FirmwareID,
		SelectionType: in.SelectionType, TargetSelection: in.TargetSelection, Tags: in.Tags,
	}
	if job != nil {
		next = *job
	}
	next.JobStatus = in.JobStatus
	for _, t := range []struct{ to, from **time.Time }{
		{&next.UtcCreate, &in.UtcCreate},
		{&next.UtcModified, &in.UtcModified},
		{&next.UtcStartTime, &in.UtcStartTime},
		{&next.UtcEndTime, &in.UtcEndTime},
	} {
		if *t.from != nil {
			*t.to = *t.from
		}
	}
	return &next
}

// Later is the later of two times.
func Later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
