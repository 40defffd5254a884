package aliyun

import "time"

// Job is what QueryOTAJob says of one update batch. nil means that the API
// left the field out, or sent it in a form that cannot be read; it never
// stands for zero. A Job is not changed once it was returned.
//
// A new field of the API is one line here: the name on the wire is in the json
// tag, the type says how it is read (see decodeFields). JobId is not here: the
// caller asked by it. A batch has up to ten source versions and ten tags; five
// times as many are read, should the API come to allow more.
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
	MaximumPerMinute *float64   `json:"MaximumPerMinute,omitempty"` // read it by PushLimit
	RetryCount       *float64   `json:"RetryCount,omitempty"`       // absent: no retry. One that timed out is never retried
	RetryInterval    *float64   `json:"RetryInterval,omitempty"`    // minutes; 0: retry at once
	TimeoutInMinutes *float64   `json:"TimeoutInMinutes,omitempty"` // read it by Timeout
	GrayPercent      *float64   `json:"GrayPercent,omitempty"`      // 0 to 100
	SrcVersions      []string   `json:"SrcVersions,omitempty" list:"SrcVersion" most:"50"`
	Tags             []Tag      `json:"Tags,omitempty" list:"OtaTagDTO" most:"50"`
	UtcCreate        *time.Time `json:"UtcCreate,omitempty"`
	UtcModified      *time.Time `json:"UtcModified,omitempty"`
	UtcStartTime     *time.Time `json:"UtcStartTime,omitempty"`
	UtcEndTime       *time.Time `json:"UtcEndTime,omitempty"` // only once ended
	UtcScheduleTime  *time.Time `json:"UtcScheduleTime,omitempty"`
	// UtcScheduleFinishTime is when a scheduled batch is cancelled if it has
	// not ended by itself.
	UtcScheduleFinishTime *time.Time `json:"UtcScheduleFinishTime,omitempty"`

	// The API's own page does not name these; its SDKs do.
	NeedPush         *bool   `json:"NeedPush,omitempty"`
	NeedConfirm      *bool   `json:"NeedConfirm,omitempty"`
	MultiModuleMode  *bool   `json:"MultiModuleMode,omitempty"`
	DownloadProtocol *string `json:"DownloadProtocol,omitempty"`
	GroupID          *string `json:"GroupId,omitempty"`
	GroupName        *string `json:"GroupName,omitempty" max:"1024,cut"`
}

// UnmarshalJSON reads a Job as an answer of the API is read, with the same
// limits. What was written by [json.Marshal] comes back as it was.
func (j *Job) UnmarshalJSON(data []byte) error {
	fields, err := objectFields(data)
	if err == nil {
		decodeFields(fields, j, "", new(notes))
	}
	return err
}

// Tag is one key-value pair that a batch carries to its devices. All tags of a
// batch together have at most 4096 characters, of up to four bytes each.
type Tag struct {
	Key   *string `json:"Key,omitempty" max:"16384"`
	Value *string `json:"Value,omitempty" max:"16384"`
}

// The documented values of JobStatus.
const (
	StatusPlanned    = "PLANNED" // scheduled static batches only
	StatusInProgress = "IN_PROGRESS"
	StatusCompleted  = "COMPLETED" // every device task has ended, not: has succeeded
	StatusCanceled   = "CANCELED"  // device tasks may still be going on
)

// Statuses lists the documented values of JobStatus in the order of a batch's
// life.
var Statuses = []string{StatusPlanned, StatusInProgress, StatusCompleted, StatusCanceled}

// Status is the JobStatus, "" when absent. Safe on a nil Job.
func (j *Job) Status() string {
	if j == nil || j.JobStatus == nil {
		return ""
	}
	return *j.JobStatus
}

// Ended says that the batch itself changes no more. Its settings and, after a
// cancel, its devices still can.
func (j *Job) Ended() bool {
	s := j.Status()
	return s == StatusCompleted || s == StatusCanceled
}

// PushLimit is how many devices the batch is pushed to in a minute, at most; nil
// without a limit, which MaximumPerMinute of 0 or less is too.
func (j *Job) PushLimit() *float64 { return positive(j.MaximumPerMinute) }

// Timeout is how many minutes one device may take, from its first progress report
// on and retries included; nil without a timeout, which TimeoutInMinutes of 0 or
// less is too.
func (j *Job) Timeout() *float64 { return positive(j.TimeoutInMinutes) }

func positive(f *float64) *float64 {
	if f == nil || *f <= 0 {
		return nil
	}
	return f
}

// Dynamic says that the batch keeps matching devices until it is cancelled.
func (j *Job) Dynamic() bool {
	return j.SelectionType != nil && *j.SelectionType == "DYNAMIC"
}
