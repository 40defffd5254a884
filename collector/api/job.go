package api

import (
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/pages"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/phrase"
)

// job is a batch in an answer. A field that is not known is absent.
type job struct {
	Account       string `json:"account"`
	JobID         string `json:"job_id"`
	Region        string `json:"region,omitempty"`
	IotInstanceID string `json:"iot_instance_id,omitempty"`
	Origin        string `json:"origin,omitempty"`
	DiscoveredBy  string `json:"discovered_by,omitempty"`
	settings
	ProductName *string       `json:"product_name,omitempty"`
	ModuleName  *string       `json:"module_name,omitempty"`
	AsOf        *time.Time    `json:"as_of,omitempty"`
	Deadline    *deadline     `json:"deadline,omitempty"`
	NextPoll    *nextPoll     `json:"next_poll,omitempty"`
	Devices     *devices      `json:"devices,omitempty"`
	Error       *failure      `json:"error,omitempty"`
	DeviceError *failure      `json:"devices_error,omitempty"`
	Failed      []failedTask  `json:"failed_devices,omitempty"` // these three: of one batch only
	History     []event       `json:"history,omitempty"`
	Answers     []callOutcome `json:"last_answers,omitempty"`
}

// settings are the fields of [aliyun.Job] with the names that they have in an answer. A new
// field of the API is one line here, in the same place; without it, the conversion does not
// compile.
type settings struct {
	Name                  *string    `json:"name,omitempty"`
	JobDesc               *string    `json:"job_desc,omitempty"`
	FirmwareID            *string    `json:"firmware_id,omitempty"`
	ProductKey            *string    `json:"product_key,omitempty"`
	DestVersion           *string    `json:"dest_version,omitempty"`
	JobStatus             *string    `json:"job_status,omitempty"`
	JobType               *string    `json:"job_type,omitempty"`
	SelectionType         *string    `json:"selection_type,omitempty"`
	TargetSelection       *string    `json:"target_selection,omitempty"`
	DynamicMode           *float64   `json:"dynamic_mode,omitempty"`
	OverwriteMode         *float64   `json:"overwrite_mode,omitempty"`
	MaximumPerMinute      *float64   `json:"maximum_per_minute,omitempty"`
	RetryCount            *float64   `json:"retry_count,omitempty"`
	RetryInterval         *float64   `json:"retry_interval,omitempty"`
	TimeoutInMinutes      *float64   `json:"timeout_in_minutes,omitempty"`
	GrayPercent           *float64   `json:"gray_percent,omitempty"`
	SrcVersions           []string   `json:"src_versions,omitempty"`
	Tags                  []tag      `json:"tags,omitempty"`
	UtcCreate             *time.Time `json:"utc_create,omitempty"`
	UtcModified           *time.Time `json:"utc_modified,omitempty"`
	UtcStartTime          *time.Time `json:"utc_start_time,omitempty"`
	UtcEndTime            *time.Time `json:"utc_end_time,omitempty"`
	UtcScheduleTime       *time.Time `json:"utc_schedule_time,omitempty"`
	UtcScheduleFinishTime *time.Time `json:"utc_schedule_finish_time,omitempty"`
	NeedPush              *bool      `json:"need_push,omitempty"`
	NeedConfirm           *bool      `json:"need_confirm,omitempty"`
	MultiModuleMode       *bool      `json:"multi_module_mode,omitempty"`
	DownloadProtocol      *string    `json:"download_protocol,omitempty"`
	GroupID               *string    `json:"group_id,omitempty"`
	GroupName             *string    `json:"group_name,omitempty"`
}

type tag = struct {
	Key   *string `json:"key,omitempty"`
	Value *string `json:"value,omitempty"`
}

// jobOf returns what is known of a batch, with the cures in a language.
func jobOf(b pages.Batch, l phrase.Language) job {
	j := job{
		Account: b.Account, JobID: b.JobID, Region: b.Region, IotInstanceID: b.Instance.ID, Origin: string(b.Origin),
		DiscoveredBy: b.DiscoveredBy(), ProductName: b.Firmware.ProductName, ModuleName: b.Firmware.ModuleName, AsOf: known(b.TrueAt()), Devices: devicesOf(b.State),
		Error:       failureOf(b.Err, b.ErrAt, b.Failures, b.Cure, l),
		DeviceError: failureOf(b.DevicesErr, b.Answer(aliyun.OpListOTATaskByJob).At, 0, b.DevicesCure, l),
	}
	if b.Job != nil {
		j.settings = settings(*b.Job)
	}
	if !b.Deadline.IsZero() {
		j.Deadline = &deadline{b.Deadline.UTC(), b.Basis, b.Overdue}
	}
	if next := b.Next; next.UnderWay || !next.At.IsZero() {
		j.NextPoll = &nextPoll{known(next.At), next.UnderWay, next.ByList}
	}
	return j
}

type deadline struct {
	Time    time.Time `json:"time"`
	Basis   string    `json:"basis"`
	Overdue bool      `json:"overdue"`
}

type nextPoll struct {
	Time     *time.Time `json:"time,omitempty"`
	UnderWay bool       `json:"under_way"`
	ByList   bool       `json:"by_list"`
}

// known returns a time in UTC, nil if it is zero.
func known(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	return utc(&at)
}

// utc returns a time in UTC. Times beyond those that RFC 3339 can express are absent.
func utc(at *time.Time) *time.Time {
	if at == nil {
		return nil
	}
	t := at.UTC()
	if year := t.Year(); year < 0 || year > 9999 {
		return nil
	}
	return &t
}
