package collector_test

import (
	"fmt"
	"path/filepath"
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
				if strings.Contains(h.logs.String(), "max_age") {
					t.Error("dropped for its age")
				}
			})
		})
	}
}

// The log says of each discovered batch that is no longer watched why it is not, and
// nothing of others.
func TestTheEndOfDiscoveredBatchesIsTold(t *testing.T) {
	by := func(products, firmwares []string) func(h *harness) {
		return func(h *harness) {
			h.account().Discover = nil
			if products != nil || firmwares != nil {
				h.discover(products, firmwares)
			}
		}
	}
	all := []string{collector.AllProducts}
	const noLonger = "the configuration no longer discovers "
	for name, c := range map[string]struct {
		before  func(h *harness)
		after   func(h *harness) // then it is applied
		restart bool             // in between
		wait    time.Duration    // after that
		why     string           // "": nothing is told
	}{
		"its product left the configuration":   {before: by([]string{productKey}, nil), after: by([]string{"other"}, nil), why: noLonger + "product a19mzPZ0001 in instance (public)"},
		"its package left the configuration":   {before: by(nil, []string{"fw-1"}), after: by(nil, []string{"fw-2"}), why: noLonger + "package fw-1 in instance (public)"},
		"its product left it while nobody ran": {before: by([]string{productKey}, nil), after: by(nil, nil), restart: true, why: noLonger + "product a19mzPZ0001 in instance (public)"},
		"every product left the configuration": {before: by(all, nil), after: by(nil, []string{"fw-2"}), why: noLonger + "every product in instance (public)"},
		"its account left the configuration":   {before: by(all, nil), after: func(h *harness) { h.setup.Accounts = nil }, why: "its account left the configuration"},
		"it ended long ago": {before: by(all, nil), after: func(h *harness) {
			h.put(simulator.Batch{FirmwareID: "fw-1", JobID: "job-1", Status: "COMPLETED", End: time.Now()})
		}, wait: 65 * time.Minute, why: "it ended longer ago than polling.max_age"},
		"its package was deleted":                    {before: by(all, nil), after: func(h *harness) { h.sim.DeleteFirmware("fw-1") }, wait: 65 * time.Minute, why: "it was deleted, and last seen longer ago than polling.max_age"},
		"it is configured now":                       {before: by(all, nil), after: func(h *harness) { by(nil, nil)(h); h.configure("job-1") }},
		"it is discovered otherwise now":             {before: by(all, nil), after: by(nil, []string{"fw-1"})},
		"it was configured, and that is no surprise": {before: func(h *harness) { h.configure("job-1") }, after: func(h *harness) { h.account().Targets = nil }},
	} {
		t.Run(name, func(t *testing.T) {
			simulated(t, func(t *testing.T, h *harness) {
				h.setup.Rules.MaxAge = time.Hour
				h.putPackage("fw-1", "job-1")
				h.sim.AddFirmware(simulator.Firmware{Account: "main", ID: "fw-2", ProductKey: "other"})
				path := filepath.Join(t.TempDir(), "state")
				stop := h.keep(path)
				c.before(h)
				h.apply()
				h.pass(20 * time.Second)
				if h.state("job-1") == nil {
					t.Fatal("not known before")
				}
				if c.restart {
					stop()
					h = h.next(path)
				}
				c.after(h)
				h.apply()
				h.pass(c.wait)
				told := linesWhere(h.logs.String(), func(line string) bool { return strings.Contains(line, "no longer watched") })
				switch want := `msg="discovered batch is no longer watched: ` + c.why + `" job_id=job-1`; {
				case c.why == "" && told != "":
					t.Errorf("told %s", told)
				case c.why != "" && (strings.Count(told, "\n") != 1 || !strings.Contains(told, want)):
					t.Errorf("told %q, want %s", told, want)
				}
				if c.why != "" && h.samples("job_poll_success", `job_id="job-1"`) > 0 {
					t.Error("it is still watched")
				}
			})
		})
	}
}

// Of many batches that go at once the log names the first ones and counts the rest.
func TestTheEndOfManyDiscoveredBatchesIsCounted(t *testing.T) {
	simulated(t, func(t *testing.T, h *harness) {
		var ids []string
		for i := range 150 {
			ids = append(ids, fmt.Sprintf("job-%03d", i))
		}
		h.putPackage("fw-1", ids...)
		h.account().Discover = nil
		h.discover(nil, []string{"fw-1"})
		h.apply()
		h.pass(20 * time.Second)
		h.setup.Accounts = nil
		h.apply()
		told := linesWhere(h.logs.String(), func(line string) bool { return strings.Contains(line, "no longer watched") })
		if n := strings.Count(told, "\n"); n != 101 || !strings.Contains(told, `msg="more discovered batches are no longer watched" jobs=50`) {
			t.Errorf("%d lines, want 101, the last with jobs=50:\n%s", n, told)
		}
	})
}
