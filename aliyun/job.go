package aliyun

import (
	"reflect"
	"time"
)

// Job is an update batch as QueryOTAJob shows it. A field is nil if the API left it out
// or sent a value that cannot be read; nil never stands for zero. A Job does not change
// after it was returned.
//
// A new field of the API is one line here: the json tag has its name in the API, the Go
// type decides how it is read (see decodeObject). JobId is missing because the caller
// knows it. A batch has up to ten source versions and ten tags; up to 50 are read, in
// case the API allows more one day.
type Job struct {
	Name             *string    `json:"Name,omitempty" max:"1024,cut"` // of the update package
	JobDesc          *string    `json:"JobDesc,omitempty" max:"1024,cut"`
	FirmwareID       *string    `json:"FirmwareId,omitempty"`
	ProductKey       *string    `json:"ProductKey,omitempty"`
	DestVersion      *string    `json:"DestVersion,omitempty"`
	JobStatus        *string    `json:"JobStatus,omitempty"`       // one of the Status constants, or a newer value
	JobType          *string    `json:"JobType,omitempty"`         // VERIFY_FIRMWARE, UPGRADE_FIRMWARE
	SelectionType    *string    `json:"SelectionType,omitempty"`   // STATIC, DYNAMIC
	TargetSelection  *string    `json:"TargetSelection,omitempty"` // ALL, SPECIFIC, GRAY, GROUP, …
	DynamicMode      *float64   `json:"DynamicMode,omitempty"`     // dynamic batches only
	OverwriteMode    *float64   `json:"OverwriteMode,omitempty"`
	MaximumPerMinute *float64   `json:"MaximumPerMinute,omitempty"` // use PushLimit
	RetryCount       *float64   `json:"RetryCount,omitempty"`       // nil is no retry; a device that timed out is never retried
	RetryInterval    *float64   `json:"RetryInterval,omitempty"`    // minutes; 0 is at once
	TimeoutInMinutes *float64   `json:"TimeoutInMinutes,omitempty"` // use Timeout
	GrayPercent      *float64   `json:"GrayPercent,omitempty"`      // 0 to 100
	SrcVersions      []string   `json:"SrcVersions,omitempty" list:"SrcVersion" most:"50"`
	Tags             []Tag      `json:"Tags,omitempty" list:"OtaTagDTO" most:"50"`
	UtcCreate        *time.Time `json:"UtcCreate,omitempty"`
	UtcModified      *time.Time `json:"UtcModified,omitempty"`
	UtcStartTime     *time.Time `json:"UtcStartTime,omitempty"`
	UtcEndTime       *time.Time `json:"UtcEndTime,omitempty"` // only of an ended batch
	UtcScheduleTime  *time.Time `json:"UtcScheduleTime,omitempty"`
	// UtcScheduleFinishTime is when a scheduled batch is cancelled unless it has ended
	// before.
	UtcScheduleFinishTime *time.Time `json:"UtcScheduleFinishTime,omitempty"`

	// The API's page does not list these fields; its SDKs do.
	NeedPush         *bool   `json:"NeedPush,omitempty"`
	NeedConfirm      *bool   `json:"NeedConfirm,omitempty"`
	MultiModuleMode  *bool   `json:"MultiModuleMode,omitempty"`
	DownloadProtocol *string `json:"DownloadProtocol,omitempty"`
	GroupID          *string `json:"GroupId,omitempty"`
	GroupName        *string `json:"GroupName,omitempty" max:"1024,cut"`
}

// UnmarshalJSON decodes a Job like an answer of the API, with the same limits. It
// restores what [json.Marshal] wrote.
func (j *Job) UnmarshalJSON(data []byte) error {
	object, err := parseObject(data)
	if err == nil {
		decodeObject(object, reflect.ValueOf(j).Elem(), "", new(notes))
	}
	return err
}

// Tag is a key-value pair that a batch sends to its devices. All tags of a batch
// together have at most 4096 characters of up to four bytes each. It is a type without a name
// so that a Job can be converted to a struct whose fields differ only in their tags.
type Tag = struct {
	Key   *string `json:"Key,omitempty" max:"16384"`
	Value *string `json:"Value,omitempty" max:"16384"`
}

// The documented values of JobStatus.
const (
	StatusPlanned    = "PLANNED" // scheduled static batches only
	StatusInProgress = "IN_PROGRESS"
	StatusCompleted  = "COMPLETED" // every device task has ended; some may have failed
	StatusCanceled   = "CANCELED"  // device tasks may still be in progress
)

// Statuses are the documented values of JobStatus, in the order of a batch's life.
var Statuses = []string{StatusPlanned, StatusInProgress, StatusCompleted, StatusCanceled}

// Status returns the JobStatus, "" if it is absent or j is nil.
func (j *Job) Status() string {
	if j == nil || j.JobStatus == nil {
		return ""
	}
	return *j.JobStatus
}

// Ended reports whether the batch has reached its last status. Its settings can still
// change, and after a cancel its device tasks too. It is false if j is nil.
func (j *Job) Ended() bool {
	s := j.Status()
	return s == StatusCompleted || s == StatusCanceled
}

// PushLimit returns to how many devices per minute the batch is pushed at most, nil if
// there is no limit. A MaximumPerMinute of 0 or less is no limit.
func (j *Job) PushLimit() *float64 { return positive(j.MaximumPerMinute) }

// Timeout returns how many minutes a device may take from its first progress report on,
// retries included, nil if there is no timeout. A TimeoutInMinutes of 0 or less is no
// timeout.
func (j *Job) Timeout() *float64 { return positive(j.TimeoutInMinutes) }

func positive(f *float64) *float64 {
	if f == nil || *f <= 0 {
		return nil
	}
	return f
}

// Dynamic reports whether the batch matches new devices until it is cancelled.
func (j *Job) Dynamic() bool {
	return j.SelectionType != nil && *j.SelectionType == "DYNAMIC"
}
