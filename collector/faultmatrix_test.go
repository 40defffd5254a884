package collector_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
)

// Each fault of each operation, at the first call and after success: its class
// and code show, one line of the log tells it, what was known stays, nothing
// else is touched, and all is well one wait after its end. That many failures in
// a row make the wait longer is TestFailureAfterSuccess's, and that an outage of
// everything does not is TestFaultsOfEverything's.
func TestFaultMatrix(t *testing.T) {
	whole := healthy(t)
	for name, c := range faults() {
		for operation, at := range places {
			for _, first := range []bool{true, false} {
				moment := map[bool]string{true: "at the first call", false: "after success"}[first]
				t.Run(name+"/"+operation+"/"+moment, func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						h := newHarness(t)
						if !first {
							h.matrixWorld()
							h.pass(20 * time.Second)
						}
						c.fault.Operation, c.fault.JobID = operation, at.jobID
						mend := h.sim.Inject(c.fault)
						if first {
							h.matrixWorld()
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
						h.pass(20 * time.Second) // what waited for it
						if diff := cmp.Diff(steady(whole, ""), steady(h.scrape(), "")); diff != "" {
							t.Errorf("not as if nothing had been (-want +got):\n%s", diff)
						}
						checkLog(t, h.logs.String(), c, operation)
					})
				})
			}
		}
	}
}

// An answer that comes late, but in time, is as good as any.
func TestSlowAnswersAreNoFault(t *testing.T) {
	whole := healthy(t)
	for operation, at := range places {
		t.Run(operation, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHarness(t)
				h.sim.Inject(simulator.Fault{Operation: operation, JobID: at.jobID, Latency: 9 * time.Second})
				h.matrixWorld()
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
