package poll_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
)

// Impossible numbers are not shown, and the log says so once.
func TestDeviceCountsThatCannotBe(t *testing.T) {
	type answer = map[string]any
	total := func(n any) func(answer) { return func(a answer) { a["Total"] = n } }
	tasks := func(a answer) []any {
		list, _ := a["Data"].(answer)["SimpleOTATaskInfo"].([]any)
		return list
	}
	all := func(change func(answer)) func(*http.Request, answer) {
		return func(_ *http.Request, a answer) { change(a) }
	}
	// of changes the answers for one TaskStatus; "" is the page of all devices.
	of := func(status string, change func(answer)) func(*http.Request, answer) {
		return func(r *http.Request, a answer) {
			if r.URL.Query().Get("TaskStatus") == status {
				change(a)
			}
		}
	}
	for name, c := range map[string]struct {
		devices int
		change  func(r *http.Request, a answer)
		logged  string // in the log; "": nothing is
		shown   int    // devices in all
		paused  int    // of them, in the state PAUSED, which nobody knows
	}{
		"TaskStatus is ignored": {200, all(total(200)), "does not filter by TaskStatus", 0, 0},
		"TaskStatus is ignored, and more match meanwhile": {200, all(func(a answer) {
			a["Total"] = 200 + int(time.Since(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC))/(10*time.Millisecond))
		}), "does not filter by TaskStatus", 0, 0},
		"a state has far too many":   {200, of("FAILED", total(50)), "do not add up", 0, 0},
		"a state has a few too many": {200, of("FAILED", total(5)), "", 205, 0},
		"a negative count":           {200, of("FAILED", total(-1)), "counting the devices of a batch fails", 0, 0},
		"a count beyond all numbers": {200, of("FAILED", total(1e300)), "counting the devices of a batch fails", 0, 0},
		"no count":                   {200, of("FAILED", func(a answer) { delete(a, "Total") }), "counting the devices of a batch fails", 0, 0},
		"a page whose devices have no state": {50, all(func(a answer) {
			for _, task := range tasks(a) {
				delete(task.(answer), "TaskStatus")
			}
		}), "counting the devices of a batch fails", 0, 0},
		"a page with fifty different states": {50, all(func(a answer) {
			for i, task := range tasks(a) {
				task.(answer)["TaskStatus"] = fmt.Sprint("STATE_", i)
			}
		}), "counting the devices of a batch fails", 0, 0},
		"a page of another batch's devices":      {50, all(func(a answer) { tasks(a)[7].(answer)["JobId"] = "another" }), "counting the devices of a batch fails", 0, 0},
		"a page with a state that nobody knows":  {50, all(func(a answer) { tasks(a)[0].(answer)["TaskStatus"] = "PAUSED" }), "", 50, 1},
		"a page of fewer devices than it counts": {50, of("", func(a answer) { a["Data"].(answer)["SimpleOTATaskInfo"] = tasks(a)[:20] }), "", 50, 0},
	} {
		t.Run(name, func(t *testing.T) {
			harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
				h.CountDevices()
				h.RewriteAnswers(aliyun.OpListOTATaskByJob, c.change)
				h.Sim.Inject(gateway.Fault{Latency: 50 * time.Millisecond})
				h.Add(fleet.Batch{Devices: fleet.Devices{Count: c.devices, Offline: 0.5, Silent: 0.5}})
				h.Pass(5 * time.Minute)
				if got := h.Counts(); harness.Sum(got) != c.shown || got["PAUSED"] != c.paused {
					t.Errorf("shown are %v, want %d devices, %d of them PAUSED", got, c.shown, c.paused)
				}
				if c.shown == 0 && h.Samples("job_devices{") > 0 {
					t.Errorf("something is shown:\n%s", h.Jobs())
				}
				want := 0
				if c.logged != "" {
					want = 1
				}
				if n := strings.Count(h.Logs.String(), "level=warn"); n != want || !strings.Contains(h.Logs.String(), c.logged) {
					t.Errorf("%d warnings, want %d of %q:\n%s", n, want, c.logged, h.Logs.String())
				}
			})
		})
	}
}

// If a call of a round fails, the numbers of the last round stay, with their age. Two
// rounds are never mixed.
func TestRoundThatFailsChangesNothing(t *testing.T) {
	for name, c := range typicalFaults {
		t.Run(name, func(t *testing.T) {
			harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
				h.CountDevices()
				h.Add(fleet.Batch{Status: "IN_PROGRESS", Counts: map[string]int{"QUEUED": 500, "SUCCEEDED": 500}})
				h.Pass(30 * time.Second)
				before, at := h.Counts(), h.State(harness.JobID).Devices.AsOf
				h.Update(harness.JobID, func(b *fleet.Batch) { b.Counts = map[string]int{"SUCCEEDED": 2000} })
				fault := c.Fault
				fault.Operation = aliyun.OpListOTATaskByJob
				// The third call of the round fails, and all after it.
				var n atomic.Int64
				mend := func() {}
				h.BeforeCalls(func(operation string, _ *http.Request) {
					if operation == aliyun.OpListOTATaskByJob && n.Add(1) == 3 {
						mend = h.Sim.Inject(fault)
					}
				})
				h.Pass(10 * time.Minute)
				if diff := cmp.Diff(before, h.Counts()); diff != "" || !h.State(harness.JobID).Devices.AsOf.Equal(at) {
					t.Errorf("as of %v, before %v (-before +during):\n%s", h.State(harness.JobID).Devices.AsOf, at, diff)
				}
				mend()
				h.Pass(6 * time.Minute)
				if got := h.Counts(); got["SUCCEEDED"] != 2000 || got["QUEUED"] != 0 {
					t.Errorf("after the end of the fault: %v", got)
				}
			})
		})
	}
}

// A reload in the middle of a round does not mix it with another.
func TestReloadsInMidRound(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		h.CountDevices()
		h.Setup.Rules.DeviceInterval = 7 * time.Second
		h.Sim.Inject(gateway.Fault{Operation: aliyun.OpListOTATaskByJob, Latency: 300 * time.Millisecond})
		h.Add(fleet.Batch{Status: "IN_PROGRESS", Counts: map[string]int{"QUEUED": 1000}})
		targets := h.Account().Targets
		for i := range 200 {
			if i%5 == 0 { // every device moves at once
				to := []string{"QUEUED", "NOTIFIED", "SUCCEEDED"}[i/5%3]
				h.Update(harness.JobID, func(b *fleet.Batch) { b.Counts = map[string]int{to: 1000} })
			}
			h.Pass(time.Duration(i%13) * 90 * time.Millisecond)
			switch i % 4 {
			case 0:
				h.Account().Targets = nil
			case 2:
				h.Account().DeviceCounts = false
			default:
				h.Account().Targets, h.Account().DeviceCounts = targets, true
			}
			h.Apply()
			if got := h.Counts(); len(got) > 0 && harness.Sum(got) != 1000 {
				t.Fatalf("after reload %d: %v", i, got)
			}
		}
		h.Pass(15 * time.Second)
		if got := h.Counts(); harness.Sum(got) != 1000 {
			t.Errorf("at the end: %v", got)
		}
	})
}
