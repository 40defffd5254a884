package store

import (
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// ShownByList is the state after a job list, which was read from asOf on, showed the
// batch. These entries are ignored: one without a status, one that is older than what
// is known, one of a batch that is gone according to QueryOTAJob, and one that repeats
// what an earlier list said although QueryOTAJob has given another status since.
func (s *State) ShownByList(in *aliyun.JobSummary, asOf time.Time) *State {
	if in.JobStatus == nil || asOf.Before(s.TrueAt()) || s.Err != nil && s.Err.Class == aliyun.ClassNotFound {
		return s
	}
	next := *s
	next.Listed, next.summary = asOf, in
	if !s.Listed.IsZero() {
		next.ListedEvery = asOf.Sub(s.Listed)
	}
	switch repeated := s.summary != nil && !differ(in, s.summary.JobStatus, s.summary.UtcModified); {
	case s.Job == nil:
	case repeated && aliyun.Text(in.JobStatus) != aliyun.Text(s.Job.JobStatus):
		return s
	case repeated:
		return &next
	case differ(in, s.Job.JobStatus, s.Job.UtcModified):
		next.Changed = asOf
	}
	next.Job = merged(s.Job, in)
	next.History = withStatus(s.History, s.Job, next.Job, asOf)
	return &next
}

// WithFoundBy notes the configuration entry that discovers the batch, see
// [target.Target.FoundBy]; "" changes nothing.
func (s *State) WithFoundBy(entry string) *State {
	if entry == "" || s.FoundBy == entry {
		return s
	}
	next := *s
	next.FoundBy = entry
	return &next
}

// differ reports whether a list shows another status or another time of modification
// than these.
func differ(in *aliyun.JobSummary, status *string, modified *time.Time) bool {
	return aliyun.Text(in.JobStatus) != aliyun.Text(status) ||
		in.UtcModified != nil && (modified == nil || !in.UtcModified.Equal(*modified))
}

// merged is a job with the status and the times of a list. For a batch that was
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
