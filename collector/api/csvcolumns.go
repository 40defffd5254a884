package api

import (
	"strconv"
	"strings"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// csvColumns are the columns of the table, with the names of the JSON fields. Names of fields
// within a field are joined by a dot. Absent is empty.
var csvColumns = append([]csvColumn{
	{"account", func(j *job) string { return guarded(j.Account) }},
	{"job_id", func(j *job) string { return guarded(j.JobID) }},
	{"region", func(j *job) string { return guarded(j.Region) }},
	{"iot_instance_id", func(j *job) string { return guarded(j.IotInstanceID) }},
	{"origin", func(j *job) string { return j.Origin }},
	{"name", func(j *job) string { return text(j.Name) }},
	{"job_desc", func(j *job) string { return text(j.JobDesc) }},
	{"job_status", func(j *job) string { return text(j.JobStatus) }},
	{"job_type", func(j *job) string { return text(j.JobType) }},
	{"dest_version", func(j *job) string { return text(j.DestVersion) }},
	{"src_versions", func(j *job) string { return guarded(strings.Join(j.SrcVersions, "; ")) }},
	{"firmware_id", func(j *job) string { return text(j.FirmwareID) }},
	{"product_key", func(j *job) string { return text(j.ProductKey) }},
	{"product_name", func(j *job) string { return text(j.ProductName) }},
	{"module_name", func(j *job) string { return text(j.ModuleName) }},
	{"selection_type", func(j *job) string { return text(j.SelectionType) }},
	{"target_selection", func(j *job) string { return text(j.TargetSelection) }},
	{"gray_percent", func(j *job) string { return number(j.GrayPercent) }},
	{"maximum_per_minute", func(j *job) string { return number(j.MaximumPerMinute) }},
	{"timeout_in_minutes", func(j *job) string { return number(j.TimeoutInMinutes) }},
	{"retry_count", func(j *job) string { return number(j.RetryCount) }},
	{"retry_interval", func(j *job) string { return number(j.RetryInterval) }},
	{"group_name", func(j *job) string { return text(j.GroupName) }},
	{"tags", func(j *job) string { return guarded(tags(j.Tags)) }},
	{"utc_create", func(j *job) string { return moment(j.UtcCreate) }},
	{"utc_modified", func(j *job) string { return moment(j.UtcModified) }},
	{"utc_start_time", func(j *job) string { return moment(j.UtcStartTime) }},
	{"utc_end_time", func(j *job) string { return moment(j.UtcEndTime) }},
	{"utc_schedule_time", func(j *job) string { return moment(j.UtcScheduleTime) }},
	{"utc_schedule_finish_time", func(j *job) string { return moment(j.UtcScheduleFinishTime) }},
	{"as_of", func(j *job) string { return moment(j.AsOf) }},
	{"deadline.time", of(deadlineOf, func(d *deadline) string { return moment(&d.Time) })},
	{"deadline.basis", of(deadlineOf, func(d *deadline) string { return d.Basis })},
	{"deadline.overdue", of(deadlineOf, func(d *deadline) string { return strconv.FormatBool(d.Overdue) })},
	{"error.class", of(errorOf, func(f *failure) string { return string(f.Class) })},
	{"error.code", of(errorOf, func(f *failure) string { return guarded(f.Code) })},
	{"error.cure", of(errorOf, func(f *failure) string { return guarded(f.Cure) })},
	{"devices_error.class", of(devicesErrorOf, func(f *failure) string { return string(f.Class) })},
	{"devices_error.code", of(devicesErrorOf, func(f *failure) string { return guarded(f.Code) })},
	{"devices.as_of", of(countsOf, func(d *devices) string { return moment(&d.AsOf) })},
	{"devices.total", of(countsOf, func(d *devices) string { return strconv.Itoa(d.Total) })},
}, byTaskStatus()...)

type csvColumn struct {
	name  string
	value func(*job) string
}

// byTaskStatus returns a column for each documented task status.
func byTaskStatus() (columns []csvColumn) {
	for _, status := range aliyun.TaskStatuses {
		columns = append(columns, csvColumn{"devices.by_task_status." + status, of(countsOf, func(d *devices) string {
			if n, ok := d.ByTaskStatus[status]; ok {
				return strconv.Itoa(n)
			}
			return ""
		})})
	}
	return columns
}

func deadlineOf(j *job) *deadline    { return j.Deadline }
func errorOf(j *job) *failure        { return j.Error }
func devicesErrorOf(j *job) *failure { return j.DeviceError }
func countsOf(j *job) *devices       { return j.Devices }

// of returns the value of a field within a field, which may be absent.
func of[T any](field func(*job) *T, value func(*T) string) func(*job) string {
	return func(j *job) string {
		if f := field(j); f != nil {
			return value(f)
		}
		return ""
	}
}

func text(s *string) string { return guarded(aliyun.Text(s)) }

func number(f *float64) string {
	if f == nil {
		return ""
	}
	return strconv.FormatFloat(*f, 'f', -1, 64)
}

func moment(at *time.Time) string {
	if at == nil {
		return ""
	}
	return at.Format(time.RFC3339Nano)
}

func tags(all []tag) string {
	pairs := make([]string, len(all))
	for i, t := range all {
		pairs[i] = aliyun.Text(t.Key) + "=" + aliyun.Text(t.Value)
	}
	return strings.Join(pairs, "; ")
}
