package collector

import (
	"math"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// The bases of a deadline, as in the basis label.
const (
	basisScheduleFinish = "schedule_finish" // the batch's own planned end
	basisSettings       = "settings"        // what its push limit, timeout and retries add up to
	basisDefault        = "default"         // polling.expected_duration
)

// deadline is that of the batch as it is known; of one that only a list showed
// there is none, because a list says nothing of the settings.
func (s *State) deadline(expected time.Duration) (at time.Time, basis string, ok bool) {
	if s.AsOf.IsZero() {
		return at, "", false
	}
	var devices *int
	if s.Devices != nil {
		devices = &s.Devices.Total
	}
	return deadline(s.Job, devices, expected)
}

// deadline is when a batch is expected to have ended, by its own settings. A
// dynamic batch has none: it goes on until it is cancelled. devices is how
// many it has, nil when they are not counted.
func deadline(job *aliyun.Job, devices *int, expected time.Duration) (at time.Time, basis string, ok bool) {
	switch {
	case job == nil || job.Dynamic():
		return at, "", false
	case job.UtcScheduleFinishTime != nil:
		return *job.UtcScheduleFinishTime, basisScheduleFinish, true
	case job.UtcStartTime == nil:
		return at, "", false
	case job.TimeoutInMinutes == nil:
		return job.UtcStartTime.Add(expected), basisDefault, true
	}
	retries := max(0, value(job.RetryCount))
	needed := (1+retries)*value(job.TimeoutInMinutes) + retries*value(job.RetryInterval)
	if limit := value(job.MaximumPerMinute); devices != nil && limit > 0 {
		needed += math.Ceil(float64(*devices) / limit)
	}
	// A century is as good as never, and fits a Duration.
	needed = min(max(needed, 0), 100*365*24*60)
	return job.UtcStartTime.Add(time.Duration(needed * float64(time.Minute))), basisSettings, true
}

// value is 0 when the API left the field out.
func value(f *float64) float64 {
	if f == nil {
		return 0
	}
	return *f
}
