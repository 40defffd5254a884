package fleet

import (
	"cmp"
	"hash/fnv"
	"time"
)

// Job is one version of a Batch with the data derived from it. It never changes: a change
// of the batch makes a new Job, so counting devices needs no lock. Its Account and
// InstanceID are those of its package. It is safe for concurrent use.
type Job struct {
	Batch
	fw        Firmware
	updated   time.Time  // time of the last UpdateBatch; zero is none
	revisions []revision // at least one, oldest first

	// Derived by plan.
	start     time.Time
	seed      uint64 // for the random properties of its devices
	segments  []segment
	completed time.Time // zero is never
}

// revision is a pace and the time from which it applies.
type revision struct {
	since time.Time
	pace  pace
}

// pace has the settings that affect devices. A device keeps the pace at which the package
// was pushed to it.
type pace struct {
	perMinute int           // 0 is no limit
	timeout   time.Duration // of all attempts together; 0 is no timeout
	retries   int
	interval  time.Duration // from a failure to the next attempt
}

func (b *Batch) pace() pace {
	p := pace{perMinute: b.MaximumPerMinute, timeout: time.Duration(b.TimeoutInMinutes) * time.Minute}
	if b.Retry != nil && len(b.SrcVersions) > 0 {
		p.retries = b.Retry.Count
		p.interval = time.Duration(b.Retry.Interval) * time.Minute
	}
	return p
}

// plan derives the data that do not depend on the time.
func (v *Job) plan() {
	v.start = cmp.Or(v.Start, v.Schedule, v.Create)
	h := fnv.New64a()
	h.Write([]byte(v.JobID))
	v.seed = h.Sum64()
	v.planPush()
	v.completed = v.planCompletion()
}
