package poll_test

import (
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
)

const slowly = 20 // batches of putSlow

// putSlow puts 20 healthy batches that take 17 hours, as their push limit is low. They
// began 16 minutes to 320 minutes ago, and a device has 60 minutes: by their timeouts
// alone 17 of them would be late.
func putSlow(h *harness.Harness) (jobIDs []string) {
	h.Setup.Rules.DeviceInterval, h.Setup.Rules.Interval = 5*time.Minute, 30*time.Second // so that the test is quick
	jobIDs = harness.Numbered("slow", slowly)
	for i, id := range jobIDs {
		h.Put(fleet.Batch{
			FirmwareID: "fw-slow", JobID: id, Create: time.Now().Add(-time.Duration(i+1) * 16 * time.Minute),
			MaximumPerMinute: 1, TimeoutInMinutes: 60, Retry: &fleet.Retry{Count: 1, Interval: 10}, SrcVersions: []string{"1.0"},
			Devices: fleet.Devices{Count: 1000, Report: time.Minute, Install: 10 * time.Minute, Flaky: 0.05},
		})
	}
	return jobIDs
}

// deadlinesOf reads /metrics: how many deadlines there are, how many of them have the basis
// "settings", and which batches are past theirs.
func deadlinesOf(h *harness.Harness) (all, settings int, past []string) {
	h.T.Helper()
	for line := range strings.Lines(h.Scrape()) {
		labels, found := strings.CutPrefix(line, "aliyun_iot_ota_job_deadline_timestamp_seconds{")
		if !found {
			continue
		}
		labels, value, _ := strings.Cut(strings.TrimSpace(labels), "} ")
		at, err := strconv.ParseFloat(value, 64)
		if err != nil {
			h.T.Fatal(err)
		}
		all++
		if strings.Contains(labels, `basis="settings"`) {
			settings++
		}
		if at < float64(time.Now().Unix()) {
			past = append(past, labels)
		}
	}
	return all, settings, past
}

// restarted runs an exporter for a minute, with device counts or without them, and
// returns the next one, which has the same state file.
func restarted(counting bool) func(h *harness.Harness, jobIDs []string) *harness.Harness {
	return func(first *harness.Harness, jobIDs []string) *harness.Harness {
		first.T.Helper()
		path := filepath.Join(first.T.TempDir(), "state")
		stop := first.Keep(path)
		first.Configure(jobIDs...)
		first.Account().DeviceCounts = counting
		first.Apply()
		first.Pass(time.Minute)
		stop()
		return first.Next(path)
	}
}

// No scrape shows a healthy batch past its deadline, whatever happens to its device
// counts. Without counts it has no deadline by its settings.
func TestHealthyBatchesAreNotLateAfterAStart(t *testing.T) {
	const counts = aliyun.OpListOTATaskByJob
	inject := func(f gateway.Fault) func(*harness.Harness) { return func(h *harness.Harness) { h.Sim.Inject(f) } }
	configured := func(h *harness.Harness, jobIDs []string) *harness.Harness { h.Configure(jobIDs...); return h }
	discovered := func(h *harness.Harness, _ []string) *harness.Harness { h.Discover(nil, []string{"fw-slow"}); return h }
	fine := func(*harness.Harness) {}
	for name, c := range map[string]struct {
		start       func(h *harness.Harness, jobIDs []string) *harness.Harness
		trouble     func(h *harness.Harness)
		first, last int // deadlines at the first scrape, at least, and after five minutes
	}{
		"configured":         {configured, fine, 0, slowly},
		"discovered":         {discovered, fine, 0, slowly},
		"calls take seconds": {configured, inject(gateway.Fault{Latency: 3 * time.Second}), 0, slowly},
		"the API does not filter by TaskStatus": {configured, func(h *harness.Harness) {
			h.RewriteAnswers(counts, func(_ *http.Request, answer map[string]any) { answer["Total"] = 1000 })
		}, 0, slowly},
		"counting is not permitted": {configured, inject(gateway.Fault{Operation: counts, Code: "Forbidden.RAM"}), 0, 0},
		"counting fails":            {configured, inject(gateway.Fault{Operation: counts, Code: "iot.system.SystemException"}), 0, 0},
		"counting is throttled":     {configured, inject(gateway.Fault{Operation: counts, Code: "Throttling.User"}), 0, 0},
		"counting hangs":            {configured, inject(gateway.Fault{Operation: counts, Kind: gateway.Hang}), 0, 0},
		"counts cannot be read":     {configured, inject(gateway.Fault{Operation: counts, Kind: gateway.Garbage}), 0, 0},
		"a restart":                 {restarted(true), fine, slowly, slowly},
		"a restart, and counting fails since": {restarted(true),
			inject(gateway.Fault{Operation: counts, Code: "iot.system.SystemException"}), slowly, slowly},
		"a restart, and nothing is answered since":  {restarted(true), inject(gateway.Fault{Kind: gateway.Reset}), slowly, slowly},
		"a restart with device_counts new":          {restarted(false), fine, 0, slowly},
		"a restart with device_counts new, refused": {restarted(false), inject(gateway.Fault{Operation: counts, Code: "Forbidden.RAM"}), 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
				h = c.start(h, putSlow(h))
				c.trouble(h)
				h.CountDevices()
				h.Poller.Apply(t.Context(), h.Setup)
				began := time.Now()
				check := func() int {
					all, settings, past := deadlinesOf(h)
					if len(past) > 0 || all != settings {
						t.Fatalf("after %v, %d deadlines, %d by settings, %d past: %s", time.Since(began), all, settings, len(past), past)
					}
					return all
				}
				if first := check(); first < c.first {
					t.Errorf("%d deadlines at the first scrape, want %d", first, c.first)
				}
				for _, scrapes := range []struct {
					n     int
					every time.Duration
				}{{20, 250 * time.Millisecond}, {12, 3 * time.Second}, {6, 45 * time.Second}} {
					for range scrapes.n {
						h.Pass(scrapes.every)
						check()
					}
				}
				if last := check(); last != c.last {
					t.Errorf("%d deadlines after five minutes, want %d", last, c.last)
				}
				waiting := strings.Count(h.Page("").Body.String(), "after the first count of its devices")
				if waiting != slowly-c.last {
					t.Errorf("the page says of %d batches that their devices must be counted first, want %d", waiting, slowly-c.last)
				}
			})
		})
	}
}
