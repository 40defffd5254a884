package poll_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/conditions"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
)

// All task statuses are shown, zeros included, with the fewest calls: one if all tasks fit
// on a page, else one more for each status. CONFIRM is counted only if it can occur.
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
			harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
				h.CountDevices()
				want := make(map[string]int)
				for _, status := range aliyun.TaskStatuses {
					if status != "CONFIRM" || c.confirm || c.calls == 1 {
						want[status] = c.counts[status]
					}
				}
				b := fleet.Batch{Status: "IN_PROGRESS", Counts: c.counts}
				if c.confirm {
					b.NeedConfirm = new(true)
				}
				h.Add(b)
				h.Pass(5 * time.Second)
				if calls := h.Calls(aliyun.OpListOTATaskByJob); calls != c.calls {
					t.Errorf("%d calls, want %d", calls, c.calls)
				}
				if diff := cmp.Diff(want, h.Counts()); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				h.Pass(10 * time.Minute)
				if calls := h.Calls(aliyun.OpListOTATaskByJob); calls < 10*c.calls || calls > 11*c.calls {
					t.Errorf("%d calls in 10 minutes, want %d a minute", calls, c.calls)
				}
			})
		})
	}
}

// If the API leaves NeedConfirm out and the counted statuses do not add up, the next round
// counts CONFIRM too, even for a batch that has ended.
func TestDevicesInConfirmAreFound(t *testing.T) {
	for _, status := range []string{"IN_PROGRESS", "CANCELED"} {
		t.Run(status, func(t *testing.T) {
			harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
				h.CountDevices()
				h.Add(fleet.Batch{Status: status, End: time.Now(), Counts: map[string]int{"CONFIRM": 50, "SUCCEEDED": 150}})
				h.Pass(61*time.Second + 5*time.Second)
				if got := h.Counts(); got["CONFIRM"] != 50 || harness.Sum(got) != 200 {
					t.Errorf("counted %v", got)
				}
			})
		})
	}
}

// Devices are counted every minute while they can still change, and once otherwise.
func TestWhenDevicesAreCounted(t *testing.T) {
	offline := fleet.Devices{Count: 10, Offline: 1}
	lastYear := time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		first, next int // rounds, of one call each: in the first 90 s, and in the 10 minutes after that
		batch       fleet.Batch
		between     func(h *harness.Harness) // nil: nothing happens
	}{
		"live":                              {2, 10, fleet.Batch{Status: "IN_PROGRESS", Counts: map[string]int{"QUEUED": 1}}, nil},
		"live, and all devices done":        {2, 10, fleet.Batch{Status: "IN_PROGRESS", Counts: map[string]int{"FAILED": 1}}, nil},
		"a status that nobody knows":        {2, 10, fleet.Batch{Status: "PAUSED", Counts: map[string]int{"FAILED": 1}}, nil},
		"planned":                           {1, 0, fleet.Batch{Schedule: time.Date(2000, 1, 2, 0, 0, 0, 0, time.UTC), Devices: fleet.Devices{Count: 10}}, nil},
		"planned, then live":                {1, 10, fleet.Batch{Schedule: time.Date(2000, 1, 1, 0, 2, 0, 0, time.UTC), Devices: offline}, nil},
		"completed":                         {1, 0, fleet.Batch{Status: "COMPLETED", End: lastYear, Counts: map[string]int{"SUCCEEDED": 10}}, nil},
		"completed, nobody says when":       {1, 0, fleet.Batch{Status: "COMPLETED", Counts: map[string]int{"SUCCEEDED": 10}, Override: map[string]any{"UtcModified": fleet.Absent}}, nil},
		"cancelled, devices go on":          {2, 10, fleet.Batch{Status: "CANCELED", End: lastYear, Counts: map[string]int{"NOTIFIED": 1}}, nil},
		"cancelled, all devices done":       {1, 0, fleet.Batch{Status: "CANCELED", End: lastYear, Counts: map[string]int{"SUCCEEDED": 1}}, nil},
		"live, then cancelled with devices": {2, 1, fleet.Batch{Devices: offline}, func(h *harness.Harness) { h.Cancel(harness.JobID, true) }},
		"live, then cancelled without":      {2, 10, fleet.Batch{Devices: offline}, func(h *harness.Harness) { h.Cancel(harness.JobID, false) }},
		"live, then gone":                   {2, 0, fleet.Batch{FirmwareID: "fw-1", Devices: offline}, func(h *harness.Harness) { h.Sim.DeleteFirmware("fw-1") }},
		"turned off": {2, 0, fleet.Batch{Devices: offline}, func(h *harness.Harness) {
			h.Account().DeviceCounts = false
			h.Apply()
			if h.Samples("job_devices") > 0 {
				h.T.Errorf("still shown:\n%s", h.Jobs())
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
				h.CountDevices()
				h.Add(c.batch)
				h.Pass(90 * time.Second)
				if n := h.Calls(aliyun.OpListOTATaskByJob); n != c.first {
					t.Errorf("%d rounds in the first 90 s, want %d", n, c.first)
				}
				if c.between != nil {
					c.between(h)
				}
				before := h.Calls(aliyun.OpListOTATaskByJob)
				h.Pass(10 * time.Minute)
				if n := h.Calls(aliyun.OpListOTATaskByJob) - before; n < c.next-1 || n > c.next+1 || c.next == 0 && n > 0 {
					t.Errorf("%d rounds in the next 10 minutes, want %d", n, c.next)
				}
			})
		})
	}
}

// The last count of a batch begins after the end of the batch, so it is final.
func TestTheLastCountBeginsAfterTheEnd(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		h.CountDevices()
		h.Add(fleet.Batch{Devices: fleet.Devices{Count: 1000, Report: time.Minute, Install: 5 * time.Minute, Fail: 0.1}})
		h.Pass(20 * time.Minute)
		if diff := cmp.Diff(map[string]int{"QUEUED": 0, "NOTIFIED": 0, "IN_PROGRESS": 0, "SUCCEEDED": 900, "FAILED": 100, "CANCELED": 0}, h.Counts()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		before := h.Calls(aliyun.OpListOTATaskByJob)
		h.Pass(time.Hour)
		if n := h.Calls(aliyun.OpListOTATaskByJob) - before; n > 0 {
			t.Errorf("%d calls for a batch that has ended", n)
		}
	})
}

// Many batches share the budget, and each round is over soon after its first
// call.
func TestDeviceCountsOfManyBatches(t *testing.T) {
	conditions.SkipUnderRace(t, "a thousand calls")
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		h.CountDevices()
		h.Sim.Record(true)
		h.Sim.Inject(gateway.Fault{Latency: 50 * time.Millisecond})
		h.Account().RequestsPerSecond = 5
		for _, id := range harness.Numbered("job", 80) {
			h.Put(fleet.Batch{JobID: id, Status: "IN_PROGRESS", Counts: map[string]int{"QUEUED": 500, "SUCCEEDED": 500}})
			h.Configure(id)
		}
		h.Apply()
		h.Pass(4 * time.Minute)
		oldest := time.Duration(0)
		for _, s := range h.Store.Snapshot() {
			if s.Devices == nil || s.Devices.Total != 1000 {
				t.Fatalf("%s: %+v", s.JobID, s.Devices)
			}
			oldest = max(oldest, time.Since(s.Devices.AsOf))
		}
		if limit := 80 * 7 * 210 * time.Millisecond; oldest > limit*105/100+2*time.Second {
			t.Errorf("oldest count %v, want %v", oldest, limit)
		}
		h.CheckBudget()
	})
}
