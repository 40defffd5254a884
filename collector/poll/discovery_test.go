package poll_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/conditions"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
)

// Discovery finds every batch of its products and packages, over all pages, and no other.
func TestDiscoveryFinds(t *testing.T) {
	conditions.SkipUnderRace(t, "hundreds of packages")
	for name, c := range map[string]struct {
		prepare func(h *harness.Harness)
		want    []string
	}{
		"nothing in a product without packages": {func(h *harness.Harness) {
			h.PutPackage("fw-1")
			h.Sim.DeleteFirmware("fw-1")
			h.Discover([]string{harness.ProductKey}, nil)
		}, nil},
		"every batch of every package of a product": {func(h *harness.Harness) {
			h.PutPackage("fw-1", "job-1", "job-2")
			h.PutPackage("fw-2")
			h.PutPackage("fw-3", "job-3")
			h.Put(fleet.Batch{FirmwareID: "of another product", JobID: "other"})
			h.Discover([]string{harness.ProductKey}, nil)
		}, []string{"job-1", "job-2", "job-3"}},
		"every batch of a package, and no other": {func(h *harness.Harness) {
			h.PutPackage("fw-1", "job-1", "job-2")
			h.PutPackage("fw-2", "other")
			h.Discover(nil, []string{"fw-1"})
		}, []string{"job-1", "job-2"}},
		"a package that its product has too, once": {func(h *harness.Harness) {
			h.PutPackage("fw-1", "job-1")
			h.PutPackage("fw-2", "job-2")
			h.Discover([]string{harness.ProductKey}, []string{"fw-1"})
		}, []string{"job-1", "job-2"}},
		"packages of an instance": {func(h *harness.Harness) {
			h.Put(fleet.Batch{InstanceID: "iot-1", FirmwareID: "fw-1", JobID: "job-1"})
			h.Discover(nil, []string{"fw-1"})
			h.Account().Discover[0].Instance.ID = "iot-1"
		}, []string{"job-1"}},
		"two and a half pages of packages": {func(h *harness.Harness) {
			for i, id := range harness.Numbered("job", 250) {
				h.PutPackage(fmt.Sprint("fw-", i), id)
			}
			h.Discover([]string{harness.ProductKey}, nil)
		}, harness.Numbered("job", 250)},
		"exactly two pages of packages": {func(h *harness.Harness) {
			for i, id := range harness.Numbered("job", 200) {
				h.PutPackage(fmt.Sprint("fw-", i), id)
			}
			h.Discover([]string{harness.ProductKey}, nil)
		}, harness.Numbered("job", 200)},
		"two and a half pages of batches": {func(h *harness.Harness) {
			h.PutPackage("fw-1", harness.Numbered("job", 500)...)
			h.Discover(nil, []string{"fw-1"})
		}, harness.Numbered("job", 500)},
		"exactly two pages of batches": {func(h *harness.Harness) {
			h.PutPackage("fw-1", harness.Numbered("job", 400)...)
			h.Discover(nil, []string{"fw-1"})
		}, harness.Numbered("job", 400)},
	} {
		t.Run(name, func(t *testing.T) {
			harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
				c.prepare(h)
				h.Apply()
				h.Pass(40 * time.Second) // 250 calls at 10 a second
				h.WantIDs(c.want...)
				h.Pass(2 * time.Minute)
				h.WantIDs(c.want...)
				h.CheckDiscoveredOnce(c.want...)
				if n := h.Value(`exporter_jobs{account="production",origin="discovered"}`); int(n) != len(c.want) {
					t.Errorf("exporter_jobs says %v, want %d", n, len(c.want))
				}
			})
		})
	}
}

// A new batch is noticed within discovery_interval, however seldom jobs are polled.
func TestDiscoveryNoticesNewBatches(t *testing.T) {
	for name, c := range map[string]struct {
		interval time.Duration // of jobs
		add      func(h *harness.Harness, jobID string)
	}{
		"in a known package":                    {15 * time.Second, func(h *harness.Harness, id string) { h.PutRunning("fw-1", id) }},
		"in a new package":                      {15 * time.Second, func(h *harness.Harness, id string) { h.PutPackage("of "+id, id) }},
		"in a known package, with a slow round": {10 * time.Minute, func(h *harness.Harness, id string) { h.PutRunning("fw-1", id) }},
		"in a new package, with a slow round":   {10 * time.Minute, func(h *harness.Harness, id string) { h.PutPackage("of "+id, id) }},
	} {
		t.Run(name, func(t *testing.T) {
			harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
				h.Setup.Rules.Interval = c.interval
				h.Sim.Inject(gateway.Fault{Latency: 50 * time.Millisecond})
				h.PutPackage("fw-1", harness.Numbered("job", 300)...)
				h.Discover([]string{harness.ProductKey}, nil)
				h.Apply()
				for _, id := range harness.Numbered("new", 4) {
					h.Pass(61*time.Second + 700*time.Millisecond) // each time at another moment of the interval
					c.add(h, id)
					elapsed := h.Within(h.Setup.Rules.DiscoveryInterval+2*time.Second, id, func() bool { return h.State(id) != nil })
					t.Logf("noticed after %v", elapsed)
				}
			})
		})
	}
}
