package fleet

import (
	"cmp"
	"hash/fnv"
	"time"
)

// Job is one version of a Batch with what follows from it. It is never changed, so
// that counting devices needs no lock; a change of the batch makes another Job. Its
// Account and InstanceID are those of the package. It is safe for concurrent use.
type Job struct {
	Batch
	fw        Firmware
	updated   time.Time  // last UpdateBatch; zero if none
	revisions []revision // at least one, oldest first

	// Derived by plan.
	start     time.Time
	seed      uint64 // of what is random about its devices
	segments  []segment
	completed time.Time // zero: never
}

// revision is a pace and when it came into force.
type revision struct {
	since time.Time
	pace  pace
}

// pace is the settings that steer devices. A device keeps those that were in force
// when it was told of the package.
type pace struct {
	perMinute int           // 0 is no limit
	timeout   time.Duration // of all attempts together; 0 is none
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

// plan derives what does not depend on the time of asking.
func (v *Job) plan() {
	v.start = cmp.Or(v.Start, v.Schedule, v.Create)
	h := fnv.New64a()
	h.Write([]byte(v.JobID))
	v.seed = h.Sum64()
	v.planPush()
	v.completed = v.planCompletion()
}
