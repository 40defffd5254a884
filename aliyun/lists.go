package aliyun

import (
	"cmp"
	"context"
	"net/url"
	"strconv"
	"time"
)

// The operations that read lists. Each has a rate budget of its own.
const (
	OpListOTAFirmware      = "ListOTAFirmware"      // the firmware list of a product
	OpListOTAJobByFirmware = "ListOTAJobByFirmware" // the job list of a firmware
	OpListOTATaskByJob     = "ListOTATaskByJob"     // the device tasks of a job
)

// Operations are all that a Client can call, in the order of the documentation.
var Operations = []string{OpQueryOTAJob, OpListOTAJobByFirmware, OpListOTAFirmware, OpListOTATaskByJob}

// The largest pages of the API, in entries.
const (
	FirmwaresPerPage = 100
	JobsPerPage      = 200
	TasksPerPage     = 100
)

// MaxPackages is the documented limit of packages of an account.
const MaxPackages = 500

// List is one page of a list, with the number of entries on all pages.
type List[T any] struct {
	Total     int
	Entries   []T
	RequestID string // "": the answer has none
}

// Firmware is an update package in a firmware list. A field is nil if the API left it
// out.
type Firmware struct {
	FirmwareID   *string  `json:"FirmwareId"`
	FirmwareName *string  `json:"FirmwareName" max:"256,cut"`
	ProductKey   *string  `json:"ProductKey"`
	ProductName  *string  `json:"ProductName" max:"256,cut"`
	ModuleName   *string  `json:"ModuleName"`
	DestVersion  *string  `json:"DestVersion"`
	Type         *float64 `json:"Type"`   // 0 full, 1 differential
	Status       *float64 `json:"Status"` // -1 needs no verification, 0 unverified, 1 verified, 2 in verification, 3 verification failed
}

// JobSummary is an update batch in a job list. A field is nil if the API left it out.
type JobSummary struct {
	JobID           *string    `json:"JobId"`
	JobStatus       *string    `json:"JobStatus"`
	JobType         *string    `json:"JobType"`
	ProductKey      *string    `json:"ProductKey"`
	FirmwareID      *string    `json:"FirmwareId"`
	SelectionType   *string    `json:"SelectionType"`
	TargetSelection *string    `json:"TargetSelection"`
	Tags            []Tag      `json:"Tags" list:"OtaTagDTO" most:"50"`
	UtcCreate       *time.Time `json:"UtcCreate"`
	UtcModified     *time.Time `json:"UtcModified"`
	UtcStartTime    *time.Time `json:"UtcStartTime"`
	UtcEndTime      *time.Time `json:"UtcEndTime"`
}

// Task is the task of one device of a batch. A field is nil if the API left it out.
type Task struct {
	JobID       *string    `json:"JobId" max:"1048576"` // compared, not kept
	TaskStatus  *string    `json:"TaskStatus"`
	DeviceName  *string    `json:"DeviceName"`
	TaskDesc    *string    `json:"TaskDesc" max:"256,cut"` // free text of the platform or of the device
	Progress    *string    `json:"Progress"`               // a percentage, or the negative step that failed
	SrcVersion  *string    `json:"SrcVersion"`
	DestVersion *string    `json:"DestVersion"`
	UtcModified *time.Time `json:"UtcModified"`
}

// The values of TaskStatus that mean something to the exporter.
const (
	TaskConfirm    = "CONFIRM"     // only devices of batches with NeedConfirm have it
	TaskNotified   = "NOTIFIED"    // the upgrade was pushed to the device
	TaskInProgress = "IN_PROGRESS" // the device reports progress
	TaskSucceeded  = "SUCCEEDED"
	TaskFailed     = "FAILED"
)

// TaskStatuses are the documented values of TaskStatus, in the order of a task's life.
var TaskStatuses = []string{TaskConfirm, "QUEUED", TaskNotified, TaskInProgress, TaskSucceeded, TaskFailed, "CANCELED"}

// FinishedTaskStatuses are the values of TaskStatus in which a task has ended.
var FinishedTaskStatuses = TaskStatuses[4:]

// ListOTAFirmware returns a page of the firmware list of a product, or of all products of
// the instance if productKey is ""; the first page is 1. Every entry has a FirmwareID.
// Every error is an [*Error].
func (c *Client) ListOTAFirmware(ctx context.Context, in Instance, productKey string, page int) (List[Firmware], error) {
	var answer struct {
		Total *float64   `json:"Total"`
		Data  []Firmware `json:"FirmwareInfo" list:"SimpleFirmwareInfo"`
	}
	params := paged(page, FirmwaresPerPage)
	if productKey != "" {
		params.Set("ProductKey", productKey)
	}
	requestID, err := c.call(ctx, OpListOTAFirmware, in, params, &answer, func(odd *notes) error {
		if err := checkPage(answer.Total, &answer.Data, page, FirmwaresPerPage, "FirmwareId", func(f *Firmware) *string { return f.FirmwareID }, odd); err != nil {
			return err
		}
		return c.echo.product.check("ProductKey", productKey, odd, each(answer.Data, func(f *Firmware) *string { return f.ProductKey })...)
	})
	return listOf(answer.Total, answer.Data, requestID), err
}

// ListOTAJobByFirmware returns a page of the job list of a firmware; the first page is 1.
// Every entry has a JobID. Every error is an [*Error].
func (c *Client) ListOTAJobByFirmware(ctx context.Context, in Instance, firmwareID string, page int) (List[JobSummary], error) {
	var answer struct {
		Total *float64     `json:"Total"`
		Data  []JobSummary `json:"Data" list:"SimpleOTAJobInfo"`
	}
	params := paged(page, JobsPerPage)
	params.Set("FirmwareId", firmwareID)
	requestID, err := c.call(ctx, OpListOTAJobByFirmware, in, params, &answer, func(odd *notes) error {
		if err := checkPage(answer.Total, &answer.Data, page, JobsPerPage, "JobId", func(j *JobSummary) *string { return j.JobID }, odd); err != nil {
			return err
		}
		for i := range answer.Data {
			j := &answer.Data[i]
			if correct(&j.JobStatus, &j.JobType); j.JobStatus == nil {
				odd.add("Data[].JobStatus", "is missing; the list does not update the batch")
			}
		}
		return c.echo.firmware.check("FirmwareId", firmwareID, odd, each(answer.Data, func(j *JobSummary) *string { return j.FirmwareID })...)
	})
	return listOf(answer.Total, answer.Data, requestID), err
}

// ListOTATaskByJob returns the first device tasks of a job that have a TaskStatus, at
// most size of them; "" is any TaskStatus. Every entry has a TaskStatus. Total is the
// only way to count devices, so a caller that counts asks for a short page. Every error
// is an [*Error].
func (c *Client) ListOTATaskByJob(ctx context.Context, in Instance, jobID, taskStatus string, size int) (List[Task], error) {
	var answer struct {
		Total *float64 `json:"Total"`
		Data  []Task   `json:"Data" list:"SimpleOTATaskInfo"`
	}
	params := paged(1, size)
	params.Set("JobId", jobID)
	if taskStatus != "" {
		params.Set("TaskStatus", taskStatus)
	}
	requestID, err := c.call(ctx, OpListOTATaskByJob, in, params, &answer, func(odd *notes) error {
		if err := cmp.Or(checkTotal(answer.Total), checkSize(answer.Data, size), checkStates(answer.Data)); err != nil {
			return err
		}
		return c.echo.job.check("JobId", jobID, odd, each(answer.Data, func(t *Task) *string { return t.JobID })...)
	})
	return listOf(answer.Total, answer.Data, requestID), err
}

func paged(page, size int) url.Values {
	return url.Values{"CurrentPage": {strconv.Itoa(page)}, "PageSize": {strconv.Itoa(size)}}
}

func listOf[T any](total *float64, entries []T, requestID string) List[T] {
	list := List[T]{Entries: entries, RequestID: requestID}
	if total != nil {
		list.Total = int(*total)
	}
	return list
}

// each returns one field of all entries.
func each[T any](entries []T, field func(*T) *string) []*string {
	values := make([]*string, len(entries))
	for i := range entries {
		values[i] = field(&entries[i])
	}
	return values
}
