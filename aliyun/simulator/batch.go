package simulator

import (
	"cmp"
	"hash/fnv"
	"maps"
	"slices"
	"time"
)

// Absent is the value in Batch.Override that leaves a field out.
var Absent any = absent{}

type absent struct{}

// Batch is an update batch: what the API calls an OTA job. Only Account and JobID
// are needed. A field that is named after one of QueryOTAJob is shown as that, and
// left out at its zero value unless noted.
type Batch struct {
	Account string // that of the package wins
	JobID   string // unique among all accounts
	// FirmwareID is the package. If the simulator has none of that id, AddBatch
	// makes a plain one in the batch's Account and InstanceID; "" is one of its own.
	FirmwareID string
	InstanceID string // "" is the public instance; that of the package wins

	Desc            string // JobDesc
	JobType         string // "" is UPGRADE_FIRMWARE
	SelectionType   string // "" is STATIC
	TargetSelection string // "" is ALL
	DynamicMode     int
	OverwriteMode   int
	// MaximumPerMinute is how many devices are told of the package in a minute; 0 is
	// no limit.
	MaximumPerMinute int
	// Retry is for a device that reported a failure, and needs SrcVersions; nil: it is
	// not tried again.
	Retry *Retry
	// TimeoutInMinutes is how long a device may take from its first progress report on,
	// retries included. A device that takes longer fails for good; 0 is no limit.
	TimeoutInMinutes int
	GrayPercent      string // such as "50.00"
	SrcVersions      []string
	Tags             []Tag
	NeedPush         *bool
	NeedConfirm      *bool
	MultiModuleMode  *bool
	DownloadProtocol string
	GroupID          string
	GroupName        string

	Create         time.Time // zero is the time of AddBatch
	Schedule       time.Time // zero: not scheduled
	ScheduleFinish time.Time // the batch is CANCELED then, unless it has ended; zero is never
	// Start is when the batch starts; zero is Schedule or else Create. End is used
	// only with Status: otherwise the end follows from the devices.
	Start, End time.Time
	// CancelTasks lets the end of the batch by ScheduleFinish or Cancel take the
	// live device tasks along. Otherwise those go on.
	CancelTasks bool
	Devices     Devices

	// Status, if set, is the JobStatus for good. Start and End are then shown as
	// given, whatever the time. The devices still move, unless Counts is set.
	Status string
	// Modified, if set, is UtcModified for good.
	Modified time.Time
	// Counts, if not nil, are the device tasks by TaskStatus, for good.
	Counts map[string]int
	// Override replaces, adds or, with Absent, leaves out fields of QueryOTAJob's
	// Data. A value is sent as the JSON that encoding/json makes of it; a
	// json.RawMessage is sent verbatim, even if it is not JSON.
	Override map[string]any
}

// Retry is the policy for devices that reported a failure.
type Retry struct {
	Count    int // RetryCount
	Interval int // RetryInterval, minutes; 0 is at once
}

// Tag is one of a batch's Tags.
type Tag struct{ Key, Value string }

// batch is one version of a Batch with what follows from it. It is never changed
// once it is in Simulator.batches, so that counting devices needs no lock.
type batch struct {
	Batch
	fw        Firmware
	updated   time.Time  // last UpdateBatch; zero if none
	cancelled time.Time  // by Cancel; zero if not
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

// clone copies what the caller could still change.
func (b Batch) clone() Batch {
	b.SrcVersions = slices.Clone(b.SrcVersions)
	b.Tags = slices.Clone(b.Tags)
	b.Counts = maps.Clone(b.Counts)
	b.Override = maps.Clone(b.Override)
	if b.Retry != nil {
		b.Retry = new(*b.Retry)
	}
	return b
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
func (v *batch) plan() {
	v.start = cmp.Or(v.Start, v.Schedule, v.Create)
	h := fnv.New64a()
	h.Write([]byte(v.JobID))
	v.seed = h.Sum64()
	v.planPush()
	v.completed = v.planCompletion()
}
