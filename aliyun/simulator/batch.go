package simulator

import (
	"hash/fnv"
	"maps"
	"slices"
	"time"
)

// Absent as a value of Batch.Override takes a field away.
var Absent any = absent{}

type absent struct{}

// Batch is an update batch: what the API calls an OTA job.
type Batch struct {
	Account string
	JobID   string
	// FirmwareID is the package. If the simulator has none of that id, AddBatch
	// makes a plain one in the batch's account and InstanceID.
	FirmwareID string
	InstanceID string // "" is the public instance; that of the package wins

	Desc            string
	JobType         string // "" is UPGRADE_FIRMWARE
	SelectionType   string // "" is STATIC
	TargetSelection string // "" is ALL
	DynamicMode     int    // 0 is left out, as are the other zeros below
	OverwriteMode   int
	// MaximumPerMinute is how many devices are told of the package in a minute.
	MaximumPerMinute int
	Retry            *Retry // nil: a failed device is not tried again
	// TimeoutInMinutes counts from a device's first progress report.
	TimeoutInMinutes int
	GrayPercent      string // "50.00"
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
	ScheduleFinish time.Time // the batch is CANCELED then, unless it has ended
	// Start and End are when the batch runs. Start zero is Schedule or else Create;
	// End is used only with Status.
	Start, End time.Time
	// CancelTasks lets the end of the batch by ScheduleFinish or Cancel take the
	// live device tasks along. Otherwise those go on.
	CancelTasks bool
	Devices     Devices

	// Status, if set, is the status for good: the clock moves neither it nor Start
	// and End, which are shown as given, and zero ones are not shown. The devices
	// still move, unless Counts is set.
	Status string
	// Modified, if set, is shown as UtcModified whatever happens.
	Modified time.Time
	// Counts, if set, are the device tasks by TaskStatus, for good.
	Counts map[string]int
	// Override replaces fields of QueryOTAJob's Data by these values, each put on
	// the wire as JSON, json.RawMessage verbatim even if it is not JSON.
	Override map[string]any
}

// Retry is the policy for failed devices.
type Retry struct {
	Count    int
	Interval int // minutes; 0 is at once
}

// Tag is a label of a batch.
type Tag struct{ Key, Value string }

// batch is one version of a Batch with what follows from it. It is never changed
// once it is in Simulator.batches, so that counting devices needs no lock.
type batch struct {
	Batch
	fw        Firmware
	start     time.Time
	updated   time.Time // last UpdateBatch; zero if none
	cancelled time.Time // by Cancel; zero if not
	revisions []revision
	seed      uint64

	// Derived by plan.
	segments  []segment
	completed time.Time // zero: never
}

// revision is a pace and when it came into force.
type revision struct {
	since time.Time
	pace  pace
}

// pace is what steers devices; a device keeps what was in force when it was told
// of the package.
type pace struct {
	perMinute int           // 0 is no limit
	timeout   time.Duration // 0 is none
	retries   int
	interval  time.Duration // between attempts
}

// clone copies what a caller could still change.
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
	if b.Retry != nil {
		p.retries = b.Retry.Count
		p.interval = time.Duration(b.Retry.Interval) * time.Minute
	}
	return p
}

// plan derives what does not depend on the time of asking.
func (v *batch) plan() {
	v.start = v.Start
	if v.start.IsZero() {
		v.start = v.Schedule
	}
	if v.start.IsZero() {
		v.start = v.Create
	}
	h := fnv.New64a()
	h.Write([]byte(v.JobID))
	v.seed = h.Sum64()
	v.planPush()
	v.completed = v.planCompletion()
}
