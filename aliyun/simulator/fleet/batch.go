package fleet

import (
	"maps"
	"slices"
	"time"
)

// Absent is a value of Batch.Override that removes a field.
var Absent any = absent{}

type absent struct{}

// Batch describes an update batch, which the API calls an OTA job. Only Account and
// JobID are required. A field with the name of a field of QueryOTAJob is shown in that
// field; its zero value is left out unless noted.
type Batch struct {
	Account string // the account of the package has precedence
	JobID   string // unique among all accounts
	// FirmwareID is the package. If it does not exist, AddBatch creates a simple one in
	// the Account and InstanceID of the batch. "" is a package of its own.
	FirmwareID string
	InstanceID string // "" is the public instance; the instance of the package has precedence

	Desc            string // JobDesc
	JobType         string // "" is UPGRADE_FIRMWARE
	SelectionType   string // "" is STATIC
	TargetSelection string // "" is ALL
	DynamicMode     int
	OverwriteMode   int
	// MaximumPerMinute is to how many devices per minute the package is pushed; 0 is no
	// limit.
	MaximumPerMinute int
	// Retry applies to a device that reports a failure, if there are SrcVersions; nil is
	// no retry.
	Retry *Retry
	// TimeoutInMinutes is how long a device may take from its first progress report on,
	// retries included. A device that takes longer fails without a retry; 0 is no limit.
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
	Schedule       time.Time // zero is not scheduled
	ScheduleFinish time.Time // the batch is CANCELED at this time unless it has ended; zero is never
	// Start is when the batch starts; zero is Schedule, or Create if that is zero too.
	// End is used only with Status; otherwise the end follows from the devices.
	Start, End time.Time
	// Cancelled is when a user cancels the batch; zero is never. Fleet.Cancel sets it.
	Cancelled time.Time
	// CancelTasks makes ScheduleFinish or Cancelled cancel the device tasks that have not
	// ended. Otherwise those continue.
	CancelTasks bool
	Devices     Devices

	// Status, if set, fixes the JobStatus. Start and End are then shown as given at any
	// time. The device tasks still change unless Counts is set.
	Status string
	// Modified, if set, fixes UtcModified.
	Modified time.Time
	// Counts, if not nil, fixes the number of device tasks by TaskStatus.
	Counts map[string]int
	// Override replaces, adds or, with Absent, removes fields in the Data of QueryOTAJob.
	// A value is encoded by encoding/json; a json.RawMessage is sent unchanged, even if
	// it is not JSON.
	Override map[string]any
}

// Retry is the retry policy for devices that report a failure.
type Retry struct {
	Count    int // RetryCount
	Interval int // RetryInterval, minutes; 0 is at once
}

// Tag is a tag of a batch.
type Tag struct{ Key, Value string }

// clone copies what the caller could change later.
func (b Batch) clone() Batch {
	b.SrcVersions = slices.Clone(b.SrcVersions)
	b.Tags = slices.Clone(b.Tags)
	b.Counts = maps.Clone(b.Counts)
	b.Devices.Failures = slices.Clone(b.Devices.Failures)
	b.Override = maps.Clone(b.Override)
	if b.Retry != nil {
		b.Retry = new(*b.Retry)
	}
	return b
}
