package fleet

import (
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
	// FirmwareID is the package. If the fleet has none of that id, AddBatch
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
	// Cancelled is when somebody cancels the batch; zero is never. Cancel sets it.
	Cancelled time.Time
	// CancelTasks lets the end of the batch by ScheduleFinish or Cancelled take the
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
