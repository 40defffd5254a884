package poll_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
)

// The deadline follows every change of the batch, of its device counts and of
// expected_duration.
func TestDeadlineFollowsTheBatch(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		start := time.Now()
		want := func(what, basis string, after time.Duration) {
			t.Helper()
			n := strings.Count(h.Jobs(), "\naliyun_iot_ota_job_deadline_timestamp_seconds{")
			if basis == "" {
				if n != 0 {
					t.Errorf("%s: there is a deadline:\n%s", what, h.Jobs())
				}
				return
			}
			value := h.Value(`job_deadline_timestamp_seconds{account="production",job_id="` + harness.JobID + `",basis="` + basis + `"}`)
			if got := time.Duration(value-float64(start.Unix())) * time.Second; got != after || n != 1 {
				t.Errorf("%s: %v after the start, want %v; %d samples", what, got, after, n)
			}
		}
		change := func(f func(b *fleet.Batch)) {
			t.Helper()
			h.Update(harness.JobID, f)
			h.Pass(16 * time.Second)
		}
		h.Add(fleet.Batch{Devices: fleet.Devices{Count: 250, Offline: 1}})
		h.Pass(time.Second)
		want("no settings", "default", 24*time.Hour)
		h.Setup.Rules.ExpectedDuration = 5 * time.Hour
		h.Apply()
		want("another expected_duration", "default", 5*time.Hour)
		change(func(b *fleet.Batch) { b.TimeoutInMinutes = 60 })
		want("a timeout", "settings", time.Hour)
		change(func(b *fleet.Batch) { b.Retry = &fleet.Retry{Count: 2, Interval: 10} })
		want("retries", "settings", time.Hour)
		change(func(b *fleet.Batch) { b.MaximumPerMinute = 100 })
		want("a push limit, nobody counts", "settings", time.Hour)
		uncounted := h.Sim.Inject(gateway.Fault{Operation: aliyun.OpListOTATaskByJob, Latency: 5 * time.Second})
		h.CountDevices()
		h.Apply()
		h.Pass(4 * time.Second)
		want("devices not counted yet", "", 0)
		h.Pass(2 * time.Second)
		want("the first page of the devices", "settings", time.Hour+3*time.Minute)
		uncounted()
		h.Pass(20 * time.Second)
		want("devices counted", "settings", time.Hour+3*time.Minute)
		change(func(b *fleet.Batch) { b.MaximumPerMinute = 50 })
		want("a slower push", "settings", time.Hour+5*time.Minute)
		change(func(b *fleet.Batch) { b.ScheduleFinish = start.Add(9 * time.Hour) })
		want("a planned end", "schedule_finish", 9*time.Hour)
		change(func(b *fleet.Batch) { b.SelectionType = "DYNAMIC" })
		want("dynamic", "", 0)
		change(func(b *fleet.Batch) { b.SelectionType, b.ScheduleFinish = "STATIC", time.Time{} })
		want("static again", "settings", time.Hour+5*time.Minute)
		change(func(b *fleet.Batch) { b.Override = map[string]any{"MaximumPerMinute": -50} })
		want("a negative push limit", "settings", time.Hour)
		change(func(b *fleet.Batch) { b.Override = map[string]any{"TimeoutInMinutes": 0} })
		want("a timeout of zero", "default", 5*time.Hour)
		change(func(b *fleet.Batch) { b.Override = nil })
		h.Account().DeviceCounts = false
		h.Apply()
		want("devices not counted any more", "settings", time.Hour)
		h.Cancel(harness.JobID, false)
		h.Pass(20 * time.Second)
		want("cancelled", "settings", time.Hour)
		h.Sim.Inject(gateway.Fault{Kind: gateway.Reset})
		h.Pass(time.Hour)
		want("unreachable", "settings", time.Hour)
	})
}

// A batch whose devices are all online has ended by its deadline, even with failures and
// retries. With devices that hang it does not end earlier.
func TestABatchEndsByItsDeadline(t *testing.T) {
	for name, c := range map[string]struct {
		devices fleet.Devices
		limit   int
		hang    bool // a device that is pushed to last does not end by itself
	}{
		"all succeed":                {fleet.Devices{Install: 20 * time.Minute}, 0, false},
		"all fail at every attempt":  {fleet.Devices{Install: 20 * time.Minute, Fail: 1}, 0, false},
		"all hang":                   {fleet.Devices{Hung: 1}, 0, true},
		"all hang, with a limit":     {fleet.Devices{Hung: 1}, 10, true},
		"some of each, with a limit": {fleet.Devices{Install: 70 * time.Minute, Fail: 0.3, Flaky: 0.3, Hung: 0.1}, 10, false},
	} {
		t.Run(name, func(t *testing.T) {
			harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
				h.CountDevices()
				h.Setup.Rules.Interval, h.Setup.Rules.DeviceInterval = time.Minute, 5*time.Minute
				c.devices.Count, c.devices.Report = 250, time.Second
				h.Add(fleet.Batch{
					TimeoutInMinutes: 60, MaximumPerMinute: c.limit, Devices: c.devices,
					Retry: &fleet.Retry{Count: 5, Interval: 30}, SrcVersions: []string{"1.0"},
				})
				h.Pass(5 * time.Hour)
				of := `{account="production",job_id="` + harness.JobID + `"`
				ended := h.Value("job_end_timestamp_seconds" + of + "}")
				late := ended - h.Value("job_deadline_timestamp_seconds"+of+`,basis="settings"}`)
				if late > 2 { // up to 1.5 s until the first report
					t.Errorf("it ended %v s after its deadline", late)
				}
				if c.hang && late < -6 { // the last of 250 is pushed 6 s before 25 minutes are over
					t.Errorf("it ended %v s before its deadline", -late)
				}
			})
		})
	}
}
