package collector_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector"
)

// A discovered batch is dropped max_age after its end, and not before, whatever
// happens to the lists meanwhile.
func TestDiscoveryDropsWhatEndedLongAgo(t *testing.T) {
	endAs := func(status string) func(h *harness) {
		return func(h *harness) {
			h.put(simulator.Batch{FirmwareID: "fw-1", JobID: "ends", Status: status, End: time.Now()})
		}
	}
	deleted := func(h *harness) { h.sim.DeleteFirmware("fw-1") }
	for name, c := range map[string]struct {
		end   func(h *harness)
		later func(h *harness) // after the end
	}{
		"completed":                              {end: endAs("COMPLETED")},
		"cancelled":                              {end: endAs("CANCELED")},
		"completed, and every call fails since":  {end: endAs("COMPLETED"), later: func(h *harness) { h.fail("iot.system.SystemException") }},
		"deleted with its package":               {end: deleted},
		"deleted, and no call is answered since": {end: deleted, later: func(h *harness) { h.refuseConnections(true) }},
	} {
		t.Run(name, func(t *testing.T) {
			simulated(t, func(t *testing.T, h *harness) {
				h.setup.Rules.MaxAge = time.Hour
				h.putPackage("fw-1", "ends", "both")
				h.putPackage("fw-2", "stays")
				h.put(simulator.Batch{FirmwareID: "fw-2", JobID: "long ago", Status: "COMPLETED", End: time.Now().Add(-4 * time.Hour)})
				h.put(simulator.Batch{FirmwareID: "fw-2", JobID: "young", Status: "COMPLETED", End: time.Now()})
				h.watch("both")
				h.discover([]string{productKey}, nil)
				h.apply()
				h.pass(time.Minute)
				h.wantIDs("both", "ends", "stays", "young")
				c.end(h)
				ended := time.Now()
				h.pass(20 * time.Second)
				if c.later != nil {
					c.later(h)
				}
				h.pass(time.Hour - time.Minute - 25*time.Second)
				if h.state("ends") == nil {
					t.Fatal("dropped too early")
				}
				h.pass(25*time.Second + time.Minute)
				h.within(61*time.Second, "dropped", func() bool { return h.state("ends") == nil })
				t.Logf("dropped %v after its end", time.Since(ended))
				h.pass(10 * time.Minute)
				if h.state("both") == nil {
					t.Error("a configured batch is dropped")
				}
				if h.state("stays") == nil {
					t.Error("a batch that goes on is dropped")
				}
				if strings.Contains(h.logs.String(), "long ago") {
					t.Error("a batch that ended long ago was taken up")
				}
				h.checkDiscoveredOnce("ends")
			})
		})
	}
}

// What is known of a batch stays when it is watched for another reason than before.
func TestDiscoveredAndConfigured(t *testing.T) {
	for name, c := range map[string]struct {
		before, after func(h *harness)
		origin        collector.Origin // after; "": it is not watched any more
	}{
		"discovered, then configured": {func(h *harness) { h.discover([]string{productKey}, nil) }, func(h *harness) { h.watch("job-1") }, collector.Configured},
		"both, then only discovered": {func(h *harness) { h.discover([]string{productKey}, nil); h.watch("job-1") }, func(h *harness) {
			h.account().Targets = nil
		}, collector.Discovered},
		"both, then only configured": {func(h *harness) { h.discover(nil, []string{"fw-1"}); h.watch("job-1") }, func(h *harness) {
			h.account().Discover = nil
		}, collector.Configured},
		"configured, then only discovered": {func(h *harness) { h.watch("job-1") }, func(h *harness) {
			h.account().Targets = nil
			h.discover(nil, []string{"fw-1"})
		}, collector.Discovered},
		"by its product, then by its package": {func(h *harness) { h.discover([]string{productKey}, nil) }, func(h *harness) {
			h.account().Discover = nil
			h.discover(nil, []string{"fw-1"})
		}, collector.Discovered},
		"by its product and its package, then by its product": {func(h *harness) { h.discover([]string{productKey}, []string{"fw-1"}) }, func(h *harness) {
			h.account().Discover[0].Firmwares = nil
		}, collector.Discovered},
		"by its product and its package, then by its package": {func(h *harness) { h.discover([]string{productKey}, []string{"fw-1"}) }, func(h *harness) {
			h.account().Discover[0].Products = nil
		}, collector.Discovered},
		"by its product, then by another": {func(h *harness) { h.discover([]string{productKey}, nil) }, func(h *harness) {
			h.account().Discover[0].Products = []string{"another"}
		}, ""},
		"by its package, then by none": {func(h *harness) { h.discover(nil, []string{"fw-1", "fw-2"}) }, func(h *harness) {
			h.account().Discover[0].Firmwares = []string{"fw-2"}
		}, ""},
		"by its product, then in another instance": {func(h *harness) { h.discover([]string{productKey}, nil) }, func(h *harness) {
			h.account().Discover[0].Instance.ID = "iot-1"
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			simulated(t, func(t *testing.T, h *harness) {
				h.putPackage("fw-1", "job-1")
				h.putPackage("fw-2", "job-2")
				c.before(h)
				h.apply()
				h.pass(20 * time.Second)
				before := h.state("job-1")
				if before == nil || before.AsOf.IsZero() {
					t.Fatal("not known before")
				}
				c.after(h)
				h.poller.Apply(t.Context(), h.setup)
				after := h.stateNow("job-1")
				switch {
				case c.origin == "" && after != nil:
					t.Errorf("still watched: %+v", after.Target)
				case c.origin != "" && after == nil:
					t.Error("not watched any more")
				case after != nil && (after.Origin != c.origin || !after.AsOf.Equal(before.AsOf) || after.Job == nil):
					t.Errorf("origin %s, known as of %v, want %s, %v", after.Origin, after.AsOf, c.origin, before.AsOf)
				}
				h.pass(5 * time.Minute)
				if n := h.samples("job_poll_success", `job_id="job-1"`); n > 1 || n == 1 != (c.origin != "") {
					t.Errorf("%d series of the batch", n)
				}
				if strings.Contains(h.logs.String(), "batch dropped") {
					t.Error("dropped for its age")
				}
			})
		})
	}
}
