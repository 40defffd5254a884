package expose_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
)

const (
	lastFinished = "job_devices_last_finished_timestamp_seconds{"
	devicesError = "job_devices_error_info{"
)

// The last device finishes at most nine minutes after the start, and a tenth of the devices
// never comes online. After that the time does not change.
func TestLastFinishedStopsWithTheDevices(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		start := time.Now()
		b := harness.Ordinary(start)
		b.Create = start
		b.Devices = fleet.Devices{Count: 500, Offline: 0.1, Report: time.Minute, Install: 5 * time.Minute}
		h.CountDevices()
		h.Add(b)
		for range 7 {
			h.Pass(time.Minute)
			if age := h.Value("job_devices_last_success_timestamp_seconds{") - h.Value(lastFinished); age > 300 {
				t.Errorf("%v after the start, while devices finish: no device has finished for %v s", time.Since(start), age)
			}
		}
		h.Pass(10 * time.Minute)
		stood := h.Value(lastFinished)
		if after := stood - float64(start.Unix()); after < 6*60 || after > 11*60 {
			t.Errorf("the last device finished %v s after the start", after)
		}
		h.Pass(time.Hour)
		if is := h.Value(lastFinished); is != stood {
			t.Errorf("%v s later than an hour before, and no device has finished since", is-stood)
		}
	})
}

// The devices of a planned batch are counted long before its start. The time without finished
// devices before the start does not count.
func TestLastFinishedIsNotBeforeTheStart(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		start := time.Now().Add(5 * time.Hour)
		b := harness.Ordinary(time.Now())
		b.Schedule, b.ScheduleFinish = start, start.Add(24*time.Hour)
		b.Devices = fleet.Devices{Count: 500, Silent: 1}
		h.CountDevices()
		h.Add(b)
		h.Pass(5*time.Hour + time.Minute)
		if is := h.Value(lastFinished); is < float64(start.Unix()) {
			t.Errorf("%v s before the start", float64(start.Unix())-is)
		}
	})
}

// The error is shown while counting fails, together with the previous counts.
func TestDevicesError(t *testing.T) {
	for name, c := range map[string]struct {
		faulty func(h *harness.Harness, on *atomic.Bool) // makes the API fail while on is set
		labels string
	}{
		"the API answers with an error": {
			func(h *harness.Harness, on *atomic.Bool) {
				h.BeforeCalls(func(operation string, r *http.Request) {
					if on.Load() && operation == aliyun.OpListOTATaskByJob {
						h.Sim.Inject(gateway.Fault{Operation: operation, Code: "iot.system.SystemException", Count: 1})
					}
				})
			},
			`class="server",code="iot.system.SystemException"`,
		},
		"the counts do not add up to the total": {
			func(h *harness.Harness, on *atomic.Bool) {
				h.RewriteAnswers(aliyun.OpListOTATaskByJob, func(r *http.Request, answer map[string]any) {
					if on.Load() && r.FormValue("TaskStatus") == "FAILED" {
						answer["Total"] = 50
					}
				})
			},
			`class="decode",code=""`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
				var failing atomic.Bool
				c.faulty(h, &failing)
				b := harness.Ordinary(time.Now())
				b.Devices = fleet.Devices{Count: 500, Silent: 1}
				h.CountDevices()
				h.Add(b)
				h.Pass(time.Minute)
				if text := h.Scrape(); strings.Contains(text, devicesError) {
					t.Fatalf("an error while counting succeeds: %s", harness.LineOf(text, devicesError))
				}
				failing.Store(true)
				h.Pass(2 * time.Minute)
				if line := harness.LineOf(h.Scrape(), devicesError); !strings.Contains(line, c.labels) {
					t.Errorf("no %s: %q", c.labels, line)
				}
				if h.Samples("job_devices{") == 0 {
					t.Error("the previous counts are lost")
				}
				failing.Store(false)
				h.Pass(10 * time.Minute)
				if line := harness.LineOf(h.Scrape(), devicesError); line != "" {
					t.Errorf("counting succeeds again: %q", line)
				}
			})
		})
	}
}
