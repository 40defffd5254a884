package collector_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector"
)

// counts are job_devices of jobID by task_status.
func (h *harness) counts() map[string]int {
	h.t.Helper()
	counts := make(map[string]int)
	for line := range strings.Lines(h.jobs()) {
		var n float64
		if _, after, ok := strings.Cut(line, `job_devices{account="production",job_id="`+jobID+`",task_status="`); ok {
			status, value, _ := strings.Cut(after, `"} `)
			if _, err := fmt.Sscan(value, &n); err != nil {
				h.t.Fatal(err)
			}
			counts[status] = int(n)
		}
	}
	return counts
}

func sum(counts map[string]int) (n int) {
	for _, c := range counts {
		n += c
	}
	return n
}

// All states are shown, zeros included, at the fewest calls: one for what fits on a
// page, else one more for each state. CONFIRM is left out where it is not asked for.
func TestDeviceCounts(t *testing.T) {
	for name, c := range map[string]struct {
		counts  map[string]int // in the simulator, and shown
		confirm bool           // the batch has NeedConfirm
		calls   int            // of a round
	}{
		"no device":                          {map[string]int{}, false, 1},
		"one device":                         {map[string]int{"FAILED": 1}, false, 1},
		"a hundred devices":                  {map[string]int{"QUEUED": 1, "NOTIFIED": 2, "IN_PROGRESS": 3, "SUCCEEDED": 90, "FAILED": 4}, false, 1},
		"a hundred and one":                  {map[string]int{"QUEUED": 1, "NOTIFIED": 2, "IN_PROGRESS": 3, "SUCCEEDED": 90, "FAILED": 5}, false, 7},
		"a hundred and one, to be confirmed": {map[string]int{"CONFIRM": 1, "QUEUED": 100}, true, 8},
		"a million": {map[string]int{
			"QUEUED": 600_000, "NOTIFIED": 100_000, "IN_PROGRESS": 100_000, "SUCCEEDED": 100_000, "FAILED": 99_999, "CANCELED": 1,
		}, false, 7},
		"all in one state": {map[string]int{"SUCCEEDED": 1000}, false, 7},
	} {
		t.Run(name, func(t *testing.T) {
			simulated(t, func(t *testing.T, h *harness) {
				h.countDevices()
				want := make(map[string]int)
				for _, status := range aliyun.TaskStatuses {
					if status != "CONFIRM" || c.confirm || c.calls == 1 {
						want[status] = c.counts[status]
					}
				}
				b := simulator.Batch{Status: "IN_PROGRESS", Counts: c.counts}
				if c.confirm {
					b.NeedConfirm = new(true)
				}
				h.add(b)
				h.pass(5 * time.Second)
				if calls := h.calls(aliyun.OpListOTATaskByJob); calls != c.calls {
					t.Errorf("%d calls, want %d", calls, c.calls)
				}
				if diff := cmp.Diff(want, h.counts()); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				h.pass(10 * time.Minute)
				if calls := h.calls(aliyun.OpListOTATaskByJob); calls < 10*c.calls || calls > 11*c.calls {
					t.Errorf("%d calls in 10 minutes, want %d a minute", calls, c.calls)
				}
			})
		})
	}
}

// Where the API leaves NeedConfirm out, the devices that the other states leave over
// are counted as CONFIRM in the next round, even of a batch that has ended.
func TestDevicesToBeConfirmedThatNobodyToldOf(t *testing.T) {
	for _, status := range []string{"IN_PROGRESS", "CANCELED"} {
		t.Run(status, func(t *testing.T) {
			simulated(t, func(t *testing.T, h *harness) {
				h.countDevices()
				h.add(simulator.Batch{Status: status, End: time.Now(), Counts: map[string]int{"CONFIRM": 50, "SUCCEEDED": 150}})
				h.pass(61*time.Second + 5*time.Second)
				if got := h.counts(); got["CONFIRM"] != 50 || sum(got) != 200 {
					t.Errorf("counted %v", got)
				}
			})
		})
	}
}

// Devices are counted every minute while they can still change, and once otherwise.
func TestWhenDevicesAreCounted(t *testing.T) {
	offline := simulator.Devices{Count: 10, Offline: 1}
	lastYear := time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		first, next int // rounds, of one call each: in the first 90 s, and in the 10 minutes after that
		batch       simulator.Batch
		between     func(h *harness) // nil: nothing happens
	}{
		"live":                              {2, 10, simulator.Batch{Status: "IN_PROGRESS", Counts: map[string]int{"QUEUED": 1}}, nil},
		"live, and all devices done":        {2, 10, simulator.Batch{Status: "IN_PROGRESS", Counts: map[string]int{"FAILED": 1}}, nil},
		"a status that nobody knows":        {2, 10, simulator.Batch{Status: "PAUSED", Counts: map[string]int{"FAILED": 1}}, nil},
		"planned":                           {1, 0, simulator.Batch{Schedule: time.Date(2000, 1, 2, 0, 0, 0, 0, time.UTC), Devices: simulator.Devices{Count: 10}}, nil},
		"planned, then live":                {1, 10, simulator.Batch{Schedule: time.Date(2000, 1, 1, 0, 2, 0, 0, time.UTC), Devices: offline}, nil},
		"completed":                         {1, 0, simulator.Batch{Status: "COMPLETED", End: lastYear, Counts: map[string]int{"SUCCEEDED": 10}}, nil},
		"completed, nobody says when":       {1, 0, simulator.Batch{Status: "COMPLETED", Counts: map[string]int{"SUCCEEDED": 10}, Override: map[string]any{"UtcModified": simulator.Absent}}, nil},
		"cancelled, devices go on":          {2, 10, simulator.Batch{Status: "CANCELED", End: lastYear, Counts: map[string]int{"NOTIFIED": 1}}, nil},
		"cancelled, all devices done":       {1, 0, simulator.Batch{Status: "CANCELED", End: lastYear, Counts: map[string]int{"SUCCEEDED": 1}}, nil},
		"live, then cancelled with devices": {2, 1, simulator.Batch{Devices: offline}, func(h *harness) { h.cancel(jobID, true) }},
		"live, then cancelled without":      {2, 10, simulator.Batch{Devices: offline}, func(h *harness) { h.cancel(jobID, false) }},
		"live, then gone":                   {2, 0, simulator.Batch{FirmwareID: "fw-1", Devices: offline}, func(h *harness) { h.sim.DeleteFirmware("fw-1") }},
		"turned off": {2, 0, simulator.Batch{Devices: offline}, func(h *harness) {
			h.account().DeviceCounts = false
			h.apply()
			if h.samples("job_devices") > 0 {
				h.t.Errorf("still shown:\n%s", h.jobs())
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			simulated(t, func(t *testing.T, h *harness) {
				h.countDevices()
				h.add(c.batch)
				h.pass(90 * time.Second)
				if n := h.calls(aliyun.OpListOTATaskByJob); n != c.first {
					t.Errorf("%d rounds in the first 90 s, want %d", n, c.first)
				}
				if c.between != nil {
					c.between(h)
				}
				before := h.calls(aliyun.OpListOTATaskByJob)
				h.pass(10 * time.Minute)
				if n := h.calls(aliyun.OpListOTATaskByJob) - before; n < c.next-1 || n > c.next+1 || c.next == 0 && n > 0 {
					t.Errorf("%d rounds in the next 10 minutes, want %d", n, c.next)
				}
			})
		})
	}
}

// The last count of a batch begins after its end, so that it stays true.
func TestTheLastCountIsOfAfterTheEnd(t *testing.T) {
	simulated(t, func(t *testing.T, h *harness) {
		h.countDevices()
		h.add(simulator.Batch{Devices: simulator.Devices{Count: 1000, Report: time.Minute, Install: 5 * time.Minute, Fail: 0.1}})
		h.pass(20 * time.Minute)
		if diff := cmp.Diff(map[string]int{"QUEUED": 0, "NOTIFIED": 0, "IN_PROGRESS": 0, "SUCCEEDED": 900, "FAILED": 100, "CANCELED": 0}, h.counts()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		before := h.calls(aliyun.OpListOTATaskByJob)
		h.pass(time.Hour)
		if n := h.calls(aliyun.OpListOTATaskByJob) - before; n > 0 {
			t.Errorf("%d calls for a batch that has ended", n)
		}
	})
}

// Many batches share the budget, and each round is over soon after its first
// call.
func TestDeviceCountsOfManyBatches(t *testing.T) {
	collector.SkipUnderRace(t, "three thousand calls")
	simulated(t, func(t *testing.T, h *harness) {
		h.countDevices()
		h.sim.Record(true)
		h.sim.Inject(simulator.Fault{Latency: 50 * time.Millisecond})
		for _, id := range numbered("job", 200) {
			h.put(simulator.Batch{JobID: id, Status: "IN_PROGRESS", Counts: map[string]int{"QUEUED": 500, "SUCCEEDED": 500}})
			h.configure(id)
		}
		h.apply()
		h.pass(5 * time.Minute)
		oldest := time.Duration(0)
		for _, s := range h.store.Snapshot() {
			if s.Devices == nil || s.Devices.Total != 1000 {
				t.Fatalf("%s: %+v", s.JobID, s.Devices)
			}
			oldest = max(oldest, time.Since(s.Devices.AsOf))
		}
		if limit := 200 * 7 * 105 * time.Millisecond; oldest > limit*105/100+2*time.Second {
			t.Errorf("oldest count %v, want %v", oldest, limit)
		}
		h.checkBudget()
	})
}
