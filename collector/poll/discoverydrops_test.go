package poll_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// A discovered batch is dropped max_age after its end, and not before, whatever
// happens to the lists meanwhile.
func TestDiscoveryDropsWhatEndedLongAgo(t *testing.T) {
	endAs := func(status string) func(h *harness.Harness) {
		return func(h *harness.Harness) {
			h.Put(fleet.Batch{FirmwareID: "fw-1", JobID: "ends", Status: status, End: time.Now()})
		}
	}
	deleted := func(h *harness.Harness) { h.Sim.DeleteFirmware("fw-1") }
	for name, c := range map[string]struct {
		end   func(h *harness.Harness)
		later func(h *harness.Harness) // after the end
	}{
		"completed":                              {end: endAs("COMPLETED")},
		"cancelled":                              {end: endAs("CANCELED")},
		"completed, and every call fails since":  {end: endAs("COMPLETED"), later: func(h *harness.Harness) { h.Fail("iot.system.SystemException") }},
		"deleted with its package":               {end: deleted},
		"deleted, and no call is answered since": {end: deleted, later: func(h *harness.Harness) { h.RefuseConnections(true) }},
	} {
		t.Run(name, func(t *testing.T) {
			harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
				h.Setup.Rules.MaxAge = time.Hour
				h.PutPackage("fw-1", "ends", "both")
				h.PutPackage("fw-2", "stays")
				h.Put(fleet.Batch{FirmwareID: "fw-2", JobID: "long ago", Status: "COMPLETED", End: time.Now().Add(-4 * time.Hour)})
				h.Put(fleet.Batch{FirmwareID: "fw-2", JobID: "young", Status: "COMPLETED", End: time.Now()})
				h.Watch("both")
				h.Discover([]string{harness.ProductKey}, nil)
				h.Apply()
				h.Pass(time.Minute)
				h.WantIDs("both", "ends", "stays", "young")
				c.end(h)
				ended := time.Now()
				h.Pass(20 * time.Second)
				if c.later != nil {
					c.later(h)
				}
				h.Pass(time.Hour - time.Minute - 25*time.Second)
				if h.State("ends") == nil {
					t.Fatal("dropped too early")
				}
				h.Pass(25*time.Second + time.Minute)
				h.Within(61*time.Second, "dropped", func() bool { return h.State("ends") == nil })
				t.Logf("dropped %v after its end", time.Since(ended))
				h.Pass(10 * time.Minute)
				if h.State("both") == nil {
					t.Error("a configured batch is dropped")
				}
				if h.State("stays") == nil {
					t.Error("a batch that goes on is dropped")
				}
				if strings.Contains(h.Logs.String(), "long ago") {
					t.Error("a batch that ended long ago was taken up")
				}
				h.CheckDiscoveredOnce("ends")
			})
		})
	}
}

// What is known of a batch stays when it is watched for another reason than before.
func TestDiscoveredAndConfigured(t *testing.T) {
	for name, c := range map[string]struct {
		before, after func(h *harness.Harness)
		origin        target.Origin // after; "": it is not watched any more
	}{
		"discovered, then configured": {func(h *harness.Harness) { h.Discover([]string{harness.ProductKey}, nil) }, func(h *harness.Harness) { h.Watch("job-1") }, target.Configured},
		"both, then only discovered": {func(h *harness.Harness) { h.Discover([]string{harness.ProductKey}, nil); h.Watch("job-1") }, func(h *harness.Harness) {
			h.Account().Targets = nil
		}, target.Discovered},
		"both, then only configured": {func(h *harness.Harness) { h.Discover(nil, []string{"fw-1"}); h.Watch("job-1") }, func(h *harness.Harness) {
			h.Account().Discover = nil
		}, target.Configured},
		"configured, then only discovered": {func(h *harness.Harness) { h.Watch("job-1") }, func(h *harness.Harness) {
			h.Account().Targets = nil
			h.Discover(nil, []string{"fw-1"})
		}, target.Discovered},
		"by its product, then by its package": {func(h *harness.Harness) { h.Discover([]string{harness.ProductKey}, nil) }, func(h *harness.Harness) {
			h.Account().Discover = nil
			h.Discover(nil, []string{"fw-1"})
		}, target.Discovered},
		"by its product and its package, then by its product": {func(h *harness.Harness) { h.Discover([]string{harness.ProductKey}, []string{"fw-1"}) }, func(h *harness.Harness) {
			h.Account().Discover[0].Firmwares = nil
		}, target.Discovered},
		"by its product and its package, then by its package": {func(h *harness.Harness) { h.Discover([]string{harness.ProductKey}, []string{"fw-1"}) }, func(h *harness.Harness) {
			h.Account().Discover[0].Products = nil
		}, target.Discovered},
		"by its product, then by another": {func(h *harness.Harness) { h.Discover([]string{harness.ProductKey}, nil) }, func(h *harness.Harness) {
			h.Account().Discover[0].Products = []string{"another"}
		}, ""},
		"by its package, then by none": {func(h *harness.Harness) { h.Discover(nil, []string{"fw-1", "fw-2"}) }, func(h *harness.Harness) {
			h.Account().Discover[0].Firmwares = []string{"fw-2"}
		}, ""},
		"by its product, then in another instance": {func(h *harness.Harness) { h.Discover([]string{harness.ProductKey}, nil) }, func(h *harness.Harness) {
			h.Account().Discover[0].Instance.ID = "iot-1"
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
				h.PutPackage("fw-1", "job-1")
				h.PutPackage("fw-2", "job-2")
				c.before(h)
				h.Apply()
				h.Pass(20 * time.Second)
				before := h.State("job-1")
				if before == nil || before.AsOf.IsZero() {
					t.Fatal("not known before")
				}
				c.after(h)
				h.Poller.Apply(t.Context(), h.Setup)
				after := h.StateNow("job-1")
				switch {
				case c.origin == "" && after != nil:
					t.Errorf("still watched: %+v", after.Target)
				case c.origin != "" && after == nil:
					t.Error("not watched any more")
				case after != nil && (after.Origin != c.origin || !after.AsOf.Equal(before.AsOf) || after.Job == nil):
					t.Errorf("origin %s, known as of %v, want %s, %v", after.Origin, after.AsOf, c.origin, before.AsOf)
				}
				h.Pass(5 * time.Minute)
				if n := h.Samples("job_poll_success", `job_id="job-1"`); n > 1 || n == 1 != (c.origin != "") {
					t.Errorf("%d series of the batch", n)
				}
				if strings.Contains(h.Logs.String(), "max_age") {
					t.Error("dropped for its age")
				}
			})
		})
	}
}

// The log names each discovered batch that is no longer watched, and the reason. It does
// not mention other batches.
func TestDroppedDiscoveredBatchesAreLogged(t *testing.T) {
	by := func(products, firmwares []string) func(h *harness.Harness) {
		return func(h *harness.Harness) {
			h.Account().Discover = nil
			if products != nil || firmwares != nil {
				h.Discover(products, firmwares)
			}
		}
	}
	all := []string{target.AllProducts}
	const noLonger = "the configuration no longer discovers "
	for name, c := range map[string]struct {
		before  func(h *harness.Harness)
		after   func(h *harness.Harness) // then it is applied
		restart bool                     // in between
		wait    time.Duration            // after that
		why     string                   // "": nothing is logged
	}{
		"its product left the configuration":   {before: by([]string{harness.ProductKey}, nil), after: by([]string{"other"}, nil), why: noLonger + "product a19mzPZ0001 in instance (public)"},
		"its package left the configuration":   {before: by(nil, []string{"fw-1"}), after: by(nil, []string{"fw-2"}), why: noLonger + "package fw-1 in instance (public)"},
		"its product left it while nobody ran": {before: by([]string{harness.ProductKey}, nil), after: by(nil, nil), restart: true, why: noLonger + "product a19mzPZ0001 in instance (public)"},
		"every product left the configuration": {before: by(all, nil), after: by(nil, []string{"fw-2"}), why: noLonger + "every product in instance (public)"},
		"its account left the configuration":   {before: by(all, nil), after: func(h *harness.Harness) { h.Setup.Accounts = nil }, why: "its account left the configuration"},
		"it ended long ago": {before: by(all, nil), after: func(h *harness.Harness) {
			h.Put(fleet.Batch{FirmwareID: "fw-1", JobID: "job-1", Status: "COMPLETED", End: time.Now()})
		}, wait: 65 * time.Minute, why: "it ended longer ago than polling.max_age"},
		"its package was deleted":                    {before: by(all, nil), after: func(h *harness.Harness) { h.Sim.DeleteFirmware("fw-1") }, wait: 65 * time.Minute, why: "it was deleted, and last seen longer ago than polling.max_age"},
		"it is configured now":                       {before: by(all, nil), after: func(h *harness.Harness) { by(nil, nil)(h); h.Configure("job-1") }},
		"it is discovered otherwise now":             {before: by(all, nil), after: by(nil, []string{"fw-1"})},
		"it was configured, and that is no surprise": {before: func(h *harness.Harness) { h.Configure("job-1") }, after: func(h *harness.Harness) { h.Account().Targets = nil }},
	} {
		t.Run(name, func(t *testing.T) {
			harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
				h.Setup.Rules.MaxAge = time.Hour
				h.PutPackage("fw-1", "job-1")
				h.Sim.AddFirmware(fleet.Firmware{Account: "main", ID: "fw-2", ProductKey: "other"})
				path := filepath.Join(t.TempDir(), "state")
				stop := h.Keep(path)
				c.before(h)
				h.Apply()
				h.Pass(20 * time.Second)
				if h.State("job-1") == nil {
					t.Fatal("not known before")
				}
				if c.restart {
					stop()
					h = h.Next(path)
				}
				c.after(h)
				h.Apply()
				h.Pass(c.wait)
				logged := harness.LinesWhere(h.Logs.String(), func(line string) bool { return strings.Contains(line, "no longer watched") })
				switch want := `msg="discovered batch is no longer watched: ` + c.why + `" job_id=job-1`; {
				case c.why == "" && logged != "":
					t.Errorf("logged %s", logged)
				case c.why != "" && (strings.Count(logged, "\n") != 1 || !strings.Contains(logged, want)):
					t.Errorf("logged %q, want %s", logged, want)
				}
				if c.why != "" && h.Samples("job_poll_success", `job_id="job-1"`) > 0 {
					t.Error("it is still watched")
				}
			})
		})
	}
}

// If many batches are dropped at once, the log names the first ones and counts the rest.
func TestManyDroppedBatchesAreCountedInTheLog(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		var ids []string
		for i := range 150 {
			ids = append(ids, fmt.Sprintf("job-%03d", i))
		}
		h.PutPackage("fw-1", ids...)
		h.Account().Discover = nil
		h.Discover(nil, []string{"fw-1"})
		h.Apply()
		h.Pass(20 * time.Second)
		h.Setup.Accounts = nil
		h.Apply()
		logged := harness.LinesWhere(h.Logs.String(), func(line string) bool { return strings.Contains(line, "no longer watched") })
		if n := strings.Count(logged, "\n"); n != 101 || !strings.Contains(logged, `msg="more discovered batches are no longer watched" jobs=50`) {
			t.Errorf("%d lines, want 101, the last with jobs=50:\n%s", n, logged)
		}
	})
}
