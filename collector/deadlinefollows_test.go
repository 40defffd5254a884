package collector_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
)

// The deadline follows every change of the batch, of its device counts and of
// expected_duration.
func TestDeadlineFollowsTheBatch(t *testing.T) {
	simulated(t, func(t *testing.T, h *harness) {
		start := time.Now()
		want := func(what, basis string, after time.Duration) {
			t.Helper()
			n := strings.Count(h.jobs(), "\naliyun_iot_ota_job_deadline_timestamp_seconds{")
			if basis == "" {
				if n != 0 {
					t.Errorf("%s: there is a deadline:\n%s", what, h.jobs())
				}
				return
			}
			value := h.value(`job_deadline_timestamp_seconds{account="production",job_id="` + jobID + `",basis="` + basis + `"}`)
			if got := time.Duration(value-float64(start.Unix())) * time.Second; got != after || n != 1 {
				t.Errorf("%s: %v after the start, want %v; %d samples", what, got, after, n)
			}
		}
		change := func(f func(b *simulator.Batch)) {
			t.Helper()
			h.update(jobID, f)
			h.pass(16 * time.Second)
		}
		h.add(simulator.Batch{Devices: simulator.Devices{Count: 250, Offline: 1}})
		h.pass(time.Second)
		want("no settings", "default", 24*time.Hour)
		h.setup.Rules.ExpectedDuration = 5 * time.Hour
		h.apply()
		want("another expected_duration", "default", 5*time.Hour)
		change(func(b *simulator.Batch) { b.TimeoutInMinutes = 60 })
		want("a timeout", "settings", time.Hour)
		change(func(b *simulator.Batch) { b.Retry = &simulator.Retry{Count: 2, Interval: 10} })
		want("retries", "settings", 3*time.Hour+20*time.Minute)
		change(func(b *simulator.Batch) { b.MaximumPerMinute = 100 })
		want("a push limit", "settings", 3*time.Hour+20*time.Minute)
		h.countDevices()
		h.apply()
		h.pass(time.Second)
		want("devices counted", "settings", 3*time.Hour+23*time.Minute)
		change(func(b *simulator.Batch) { b.MaximumPerMinute = 50 })
		want("a slower push", "settings", 3*time.Hour+25*time.Minute)
		change(func(b *simulator.Batch) { b.ScheduleFinish = start.Add(9 * time.Hour) })
		want("a planned end", "schedule_finish", 9*time.Hour)
		change(func(b *simulator.Batch) { b.SelectionType = "DYNAMIC" })
		want("dynamic", "", 0)
		change(func(b *simulator.Batch) { b.SelectionType, b.ScheduleFinish = "STATIC", time.Time{} })
		want("static again", "settings", 3*time.Hour+25*time.Minute)
		h.account().DeviceCounts = false
		h.apply()
		want("devices not counted any more", "settings", 3*time.Hour+20*time.Minute)
		h.cancel(jobID, false)
		h.pass(20 * time.Second)
		want("cancelled", "settings", 3*time.Hour+20*time.Minute)
		h.sim.Inject(simulator.Fault{Kind: simulator.Reset})
		h.pass(time.Hour)
		want("unreachable", "settings", 3*time.Hour+20*time.Minute)
	})
}
