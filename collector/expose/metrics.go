package expose

import (
	"maps"
	"math"
	"slices"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
)

// family is one metric of batches. All of them are gauges.
type family struct {
	name string
	help string
	emit func(s *store.State, out *row) // writes the samples of one batch
}

// row adds samples of the current batch to a sink.
type row struct {
	sink   sink
	labels []label // reused to save an allocation for each sample
}

func (r *row) sample(value float64, labels ...label) {
	r.labels = append(r.labels[:0], labels...)
	r.sink.sample(value, r.labels)
}

// field is a family with at most one sample for each batch, from one field of the API.
// There is no sample if value returns nil, which means that the API did not send the field.
type field struct {
	name, help string
	value      func(*aliyun.Job) *float64
}

// fields are the metrics that show one field of the API each. A new one is one line here.
var fields = []field{
	{"aliyun_iot_ota_job_created_timestamp_seconds", "When the batch was created, in Unix time.", func(j *aliyun.Job) *float64 { return unix(j.UtcCreate) }},
	{"aliyun_iot_ota_job_modified_timestamp_seconds", "When the batch was last modified, in Unix time.", func(j *aliyun.Job) *float64 { return unix(j.UtcModified) }},
	{"aliyun_iot_ota_job_start_timestamp_seconds", "When the batch started, in Unix time.", func(j *aliyun.Job) *float64 { return unix(j.UtcStartTime) }},
	{"aliyun_iot_ota_job_end_timestamp_seconds", "When the batch ended, in Unix time; absent until then.", func(j *aliyun.Job) *float64 { return unix(j.UtcEndTime) }},
	{"aliyun_iot_ota_job_schedule_timestamp_seconds", "When the batch is planned to start, in Unix time; scheduled batches only.", func(j *aliyun.Job) *float64 { return unix(j.UtcScheduleTime) }},
	{"aliyun_iot_ota_job_schedule_finish_timestamp_seconds", "Latest planned end of the batch, in Unix time; scheduled batches only.", func(j *aliyun.Job) *float64 { return unix(j.UtcScheduleFinishTime) }},
	{"aliyun_iot_ota_job_retry_limit", "Automatic retries of a device that reported a failure; absent without a retry policy.", func(j *aliyun.Job) *float64 { return j.RetryCount }},
	{"aliyun_iot_ota_job_retry_interval_seconds", "Wait before an automatic retry; 0 means at once; absent without a retry policy.", func(j *aliyun.Job) *float64 { return minutes(j.RetryInterval) }},
	{"aliyun_iot_ota_job_device_timeout_seconds", "Maximum duration of the upgrade of one device from its first progress report, including retries; absent without a timeout.", func(j *aliyun.Job) *float64 { return minutes(j.Timeout()) }},
	{"aliyun_iot_ota_job_push_limit_devices_per_minute", "Maximum number of devices that the upgrade is pushed to per minute; absent without a limit.", (*aliyun.Job).PushLimit},
	{"aliyun_iot_ota_job_gray_ratio", "Share of the devices that a gray batch upgrades, 0 to 1.", func(j *aliyun.Job) *float64 { return percent(j.GrayPercent) }},
}

// families returns all metrics of batches in the order of /metrics: first those from the
// answers of the API, which a deleted batch does not have, then those about polling.
// expected is the expected duration of a static batch that has no deadline of its own.
func families(expected time.Duration) []family {
	all := []family{
		{"aliyun_iot_ota_job_info", "Properties of the batch for joins, always 1.", func(s *store.State, out *row) {
			if s.Job == nil {
				return
			}
			out.labels = out.labels[:0]
			for _, l := range infoLabels {
				out.labels = append(out.labels, label{l.name, l.value(s)})
			}
			out.sink.sample(1, out.labels)
		}},
		{"aliyun_iot_ota_job_status", "Status of the batch: 1 for the current status, 0 for the others.", ofJob(func(j *aliyun.Job, out *row) {
			for _, status := range statuses(j) {
				out.sample(truth(status == aliyun.Text(j.JobStatus)), label{"status", status})
			}
		})},
		{"aliyun_iot_ota_job_source_version_info", "A version that the batch upgrades from, always 1.", ofJob(func(j *aliyun.Job, out *row) {
			for i := range j.SrcVersions {
				out.sample(1, label{"src_version", aliyun.Text(&j.SrcVersions[i])})
			}
		})},
		{"aliyun_iot_ota_job_tag_info", "A tag of the batch, always 1.", ofJob(func(j *aliyun.Job, out *row) {
			for _, t := range j.Tags {
				out.sample(1, label{"key", aliyun.Text(t.Key)}, label{"value", aliyun.Text(t.Value)})
			}
		})},
	}
	for _, f := range fields {
		all = append(all, family{f.name, f.help, ofJob(func(j *aliyun.Job, out *row) {
			if v := f.value(j); v != nil {
				out.sample(*v)
			}
		})})
	}
	return append(all,
		family{"aliyun_iot_ota_job_deadline_timestamp_seconds", "When a static batch should have ended, in Unix time.", func(s *store.State, out *row) {
			if at, basis, ok := s.Deadline(expected); ok {
				out.sample(*unix(&at), label{"basis", basis})
			}
		}},
		family{"aliyun_iot_ota_job_devices", "Devices of the batch by task status, all counted in one round.", func(s *store.State, out *row) {
			if s.Devices == nil {
				return
			}
			for _, status := range s.Devices.Statuses() {
				out.sample(float64(s.Devices.ByStatus[status]), label{"task_status", status})
			}
		}},
		family{"aliyun_iot_ota_job_failed_devices", "FAILED devices of the batch by reason, of the same round as job_devices; unread are those whose text was not read.", func(s *store.State, out *row) {
			if s.Devices == nil || len(s.Devices.Reasons) == 0 {
				return
			}
			for _, reason := range slices.Sorted(maps.Keys(s.Devices.Reasons)) {
				out.sample(float64(s.Devices.Reasons[reason]), label{"reason", reason})
			}
		}},
		family{"aliyun_iot_ota_job_devices_last_success_timestamp_seconds", "When the device counts shown were current, in Unix time.", func(s *store.State, out *row) {
			if s.Devices != nil {
				out.sample(*unix(&s.Devices.AsOf))
			}
		}},
		family{"aliyun_iot_ota_job_devices_last_finished_timestamp_seconds", "When the number of finished devices last changed, in Unix time; never before the start of the batch or its first count.", func(s *store.State, out *row) {
			if at := s.LastFinished(); !at.IsZero() {
				out.sample(*unix(&at))
			}
		}},
		family{"aliyun_iot_ota_job_devices_error_info", "Why the last count of the devices failed, always 1; absent while counts succeed.", func(s *store.State, out *row) {
			if e := s.DevicesErr; e != nil {
				out.sample(1, label{"class", string(e.Class)}, label{"code", aliyun.Text(&e.Code)})
			}
		}},
		family{"aliyun_iot_ota_job_poll_success", "Whether the last poll of the batch succeeded; absent until the first.", func(s *store.State, out *row) {
			if s.Polled() {
				out.sample(truth(s.Err == nil))
			}
		}},
		family{"aliyun_iot_ota_job_last_success_timestamp_seconds", "When the status and times shown for the batch were current, in Unix time.", func(s *store.State, out *row) {
			if at := s.TrueAt(); !at.IsZero() {
				out.sample(*unix(&at))
			}
		}},
		family{"aliyun_iot_ota_job_poll_error_info", "Why the last poll of the batch failed, always 1; absent while polls succeed.", func(s *store.State, out *row) {
			if s.Err != nil {
				out.sample(1, label{"class", string(s.Err.Class)}, label{"code", aliyun.Text(&s.Err.Code)})
			}
		}},
	)
}

// ofJob makes an emit function of one that needs the job. A deleted batch has no samples.
func ofJob(emit func(*aliyun.Job, *row)) func(*store.State, *row) {
	return func(s *store.State, out *row) {
		if s.Job != nil {
			emit(s.Job, out)
		}
	}
}

// unix converts a time to Unix seconds, with the milliseconds that the API gives.
func unix(t *time.Time) *float64 {
	if t == nil {
		return nil
	}
	seconds := float64(t.UnixMilli()) / 1000
	return &seconds
}

// minutes converts minutes to seconds.
func minutes(m *float64) *float64 {
	if m == nil {
		return nil
	}
	seconds := finite(*m * 60)
	return &seconds
}

// percent converts a percentage to a ratio.
func percent(p *float64) *float64 {
	if p == nil {
		return nil
	}
	ratio := finite(math.Round(*p*1e6)) / 1e8 // 33.333 is 0.33333, not 0.33332999999999996
	return &ratio
}

// finite keeps the conversion of a large number from giving an infinity.
func finite(f float64) float64 { return max(-math.MaxFloat64, min(f, math.MaxFloat64)) }

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
