package poll_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/conditions"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
)

// Batches that lists show get their full refresh even while other batches need every
// QueryOTAJob call, and the others still get nearly all of the calls.
func TestFullRefreshIsNotStarved(t *testing.T) {
	conditions.SkipUnderRace(t, "minutes at the full rate")
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		spy := h.Spy()
		h.PutPackage("listed", harness.Numbered("listed", 20)...)
		h.Discover(nil, []string{"listed"})
		h.Account().RequestsPerSecond = 2
		h.ConfigureRunning(50)
		h.Apply()
		h.Pass(5 * time.Minute)
		begin := time.Now()
		h.Pass(11 * time.Minute) // a refresh is due every 10
		for _, id := range harness.Numbered("listed", 20) {
			if n := spy.PollsSince(id, begin); n < 1 || n > 2 {
				t.Errorf("%s polled %d times in 11 minutes", id, n)
			}
		}
		expected := h.Value("expected_poll_age_seconds{")
		if worst := h.WorstAge(50, 1700*time.Millisecond, nil).Seconds(); worst > expected {
			t.Errorf("the data is up to %.1f s old, %.1f s were expected", worst, expected)
		}
	})
}

// putFleet puts packages of 200 batches each into a simulator; all stay IN_PROGRESS.
func putFleet(sim *simulator.Simulator, packages int) {
	for i := range packages * aliyun.JobsPerPage {
		fw, id := fleetBatch(i, packages)
		if i < packages {
			sim.AddFirmware(fleet.Firmware{Account: "main", ID: fw, ProductKey: harness.ProductKey})
		}
		sim.AddBatch(fleet.Batch{Account: "main", FirmwareID: fw, JobID: id, Status: aliyun.StatusInProgress, Start: time.Now()})
	}
}

// fleetBatch is the i-th batch of such a fleet, and its package.
func fleetBatch(i, packages int) (firmwareID, jobID string) {
	return fmt.Sprintf("fw-%04d", i%packages), fmt.Sprintf("job-%05d", i)
}

// One slot keeps the status of 1,000 batches fresh through lists. QueryOTAJob alone needs
// 1,000 s for them.
func TestBulkReach(t *testing.T) {
	conditions.SkipUnderRace(t, "thousands of batches")
	const slots, packages, batches = 3, 15, 3000
	t.Parallel()
	for name, configure := range map[string]func(h *harness.Harness){
		"discovered": func(h *harness.Harness) { h.Discover([]string{harness.ProductKey}, nil) },
		"configured, known from the state file": func(h *harness.Harness) {
			status := aliyun.StatusInProgress
			var known []*store.State
			for i := range batches {
				fw, id := fleetBatch(i, packages)
				h.Configure(id)
				asked := time.Now().Add(-time.Duration(i) * 1050 * time.Millisecond / slots)
				known = append(known, &store.State{
					Target: h.Account().Targets[i], Job: &aliyun.Job{JobStatus: &status, FirmwareID: &fw}, AsOf: asked, Asked: asked,
				})
			}
			h.Store.Restore(known)
			h.BulkStatus()
		},
	} {
		t.Run(name, func(t *testing.T) {
			harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
				h.Sim.Record(true)
				h.Sim.Inject(gateway.Fault{Latency: 50 * time.Millisecond})
				h.Account().RequestsPerSecond = slots
				putFleet(h.Sim, packages)
				configure(h)
				h.Apply()
				h.Pass(20 * time.Second) // packages, and the first round of lists
				if n := len(h.Store.Snapshot()); n != batches {
					t.Fatalf("%d batches are watched", n)
				}
				worst := time.Duration(0)
				for range 2 {
					// One changes now and then, and that shows as soon.
					changed := time.Now()
					h.Put(fleet.Batch{FirmwareID: "fw-0007", JobID: "job-00007", Status: aliyun.StatusInProgress, Start: changed})
					worst = max(worst, h.WorstAge(8, 2*time.Second, nil))
					if start := h.State("job-00007").Job.UtcStartTime; start == nil || !start.Equal(changed) {
						t.Errorf("a change is not shown after %v", time.Since(changed))
					}
					worst = max(worst, h.WorstAge(2, 2*time.Second, nil))
				}
				t.Logf("worst age of a status %v", worst)
				if worst > 15*time.Second {
					t.Errorf("worst age %v, want 15 s", worst)
				}
				if expected := h.Value("expected_poll_age_seconds{"); expected < worst.Seconds() || expected > 17 {
					t.Errorf("expected %v s", expected)
				}
				h.CheckBudget()
			})
		})
	}
}
