package poll_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/repository"
)

// Each fault shows its class and code, the log has one line about it, what was known
// stays, nothing else is touched, and all is well one wait after the end of the fault.
// Typical faults are tried in each operation, at the first call and after success. The
// other faults share their classes, so each is tried in one of these places.
// TestFailureAfterSuccess has the back-off after many failures, TestFaultsOfEverything
// the outage of all calls.
func TestFaultMatrix(t *testing.T) {
	whole := healthy(t)
	turn := 0
	for _, name := range slices.Sorted(maps.Keys(allFaults())) {
		c, typical := typicalFaults[name]
		if !typical {
			if c = otherFaults[name]; repository.UnderRace() {
				continue // they take the same ways
			}
			turn++
		}
		for i, operation := range aliyun.Operations {
			for j, moment := range []string{"at the first call", "after success"} {
				if !typical && turn%8 != 2*i+j {
					continue
				}
				at, first := places[operation], j == 0
				t.Run(name+"/"+operation+"/"+moment, func(t *testing.T) {
					harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
						h.OverConnections()
						if !first {
							watchMatrix(h)
							h.Pass(20 * time.Second)
						}
						fault := c.Fault
						fault.Operation, fault.JobID = operation, at.jobID
						mend := h.Sim.Inject(fault)
						if first {
							watchMatrix(h)
						}
						h.Pass(time.Second) // slots are given out apart
						untilFailed(h, at.wait+11*time.Second)
						text := h.Scrape()
						at.shown(t, text, whole, c, first)
						checkOthers(t, text, whole, c, operation, first)
						checkCalls(t, text, c, operation)

						mend()
						wait := at.wait + at.wait/10 + time.Second
						if c.class == aliyun.ClassThrottled {
							wait = 46 * time.Second // a slot is parked for 45 s at most
						}
						h.Pass(wait)
						if now := harness.LineOf(h.Scrape(), at.sign); now == "" || now == harness.LineOf(text, at.sign) {
							t.Errorf("no recovery within %v: still %q", wait, now)
						}
						h.Pass(20 * time.Second) // for what waited for the slot
						if diff := cmp.Diff(steady(whole, ""), steady(h.Scrape(), "")); diff != "" {
							t.Errorf("not as without the fault (-want +got):\n%s", diff)
						}
						checkLog(t, h.Logs.String(), c, operation)
					})
				})
			}
		}
	}
}

// A late answer is as good as any, if it comes within polling.timeout.
func TestSlowAnswersAreNoFault(t *testing.T) {
	whole := healthy(t)
	for operation, at := range places {
		t.Run(operation, func(t *testing.T) {
			harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
				h.Sim.Inject(gateway.Fault{Operation: operation, JobID: at.jobID, Latency: 9 * time.Second})
				watchMatrix(h)
				h.Pass(time.Minute)
				if diff := cmp.Diff(steady(whole, ""), steady(h.Scrape(), "")); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				for _, line := range failedCalls(h.Scrape()) {
					t.Errorf("a call failed: %s", line)
				}
			})
		})
	}
}
