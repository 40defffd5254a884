package collector_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector"
)

// Each fault of each operation, at the first call and after success: its class and
// code show, the log has one line about it, what was known stays, nothing else is
// touched, and all is well one wait after its end. TestFailureAfterSuccess has the
// back-off after many failures, TestFaultsOfEverything the outage of all calls.
func TestFaultMatrix(t *testing.T) {
	whole := healthy(t)
	faults := allFaults()
	if collector.UnderRace() {
		faults = typicalFaults // the others take the same ways
	}
	for name, c := range faults {
		for operation, at := range places {
			for _, first := range []bool{true, false} {
				moment := map[bool]string{true: "at the first call", false: "after success"}[first]
				t.Run(name+"/"+operation+"/"+moment, func(t *testing.T) {
					simulated(t, func(t *testing.T, h *harness) {
						if !first {
							h.watchMatrix()
							h.pass(20 * time.Second)
						}
						fault := c.Fault
						fault.Operation, fault.JobID = operation, at.jobID
						mend := h.sim.Inject(fault)
						if first {
							h.watchMatrix()
						}
						h.pass(time.Second) // slots are given out apart
						h.untilFailed(at.wait + 11*time.Second)
						text := h.scrape()
						at.shown(t, text, whole, c, first)
						checkOthers(t, text, whole, c, operation, first)
						checkCalls(t, text, c, operation)

						mend()
						wait := at.wait + at.wait/10 + time.Second
						if c.class == aliyun.ClassThrottled {
							wait = 46 * time.Second // a slot is parked for 45 s at most
						}
						h.pass(wait)
						if now := lineOf(h.scrape(), at.sign); now == "" || now == lineOf(text, at.sign) {
							t.Errorf("no recovery within %v: still %q", wait, now)
						}
						h.pass(20 * time.Second) // for what waited for the slot
						if diff := cmp.Diff(steady(whole, ""), steady(h.scrape(), "")); diff != "" {
							t.Errorf("not as without the fault (-want +got):\n%s", diff)
						}
						checkLog(t, h.logs.String(), c, operation)
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
			simulated(t, func(t *testing.T, h *harness) {
				h.sim.Inject(simulator.Fault{Operation: operation, JobID: at.jobID, Latency: 9 * time.Second})
				h.watchMatrix()
				h.pass(time.Minute)
				if diff := cmp.Diff(steady(whole, ""), steady(h.scrape(), "")); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				for _, line := range failedCalls(h.scrape()) {
					t.Errorf("a call failed: %s", line)
				}
			})
		})
	}
}
