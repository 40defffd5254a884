package collector_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector"
)

// Discovery finds every batch of what it is asked for, over all pages, and no other.
func TestDiscoveryFinds(t *testing.T) {
	collector.SkipUnderRace(t, "hundreds of packages")
	for name, c := range map[string]struct {
		prepare func(h *harness)
		want    []string
	}{
		"nothing in a product without packages": {func(h *harness) {
			h.putPackage("fw-1")
			h.sim.DeleteFirmware("fw-1")
			h.discover([]string{productKey}, nil)
		}, nil},
		"every batch of every package of a product": {func(h *harness) {
			h.putPackage("fw-1", "job-1", "job-2")
			h.putPackage("fw-2")
			h.putPackage("fw-3", "job-3")
			h.put(simulator.Batch{FirmwareID: "of another product", JobID: "other"})
			h.discover([]string{productKey}, nil)
		}, []string{"job-1", "job-2", "job-3"}},
		"every batch of a package, and no other": {func(h *harness) {
			h.putPackage("fw-1", "job-1", "job-2")
			h.putPackage("fw-2", "other")
			h.discover(nil, []string{"fw-1"})
		}, []string{"job-1", "job-2"}},
		"a package that its product has too, once": {func(h *harness) {
			h.putPackage("fw-1", "job-1")
			h.putPackage("fw-2", "job-2")
			h.discover([]string{productKey}, []string{"fw-1"})
		}, []string{"job-1", "job-2"}},
		"packages of an instance": {func(h *harness) {
			h.put(simulator.Batch{InstanceID: "iot-1", FirmwareID: "fw-1", JobID: "job-1"})
			h.discover(nil, []string{"fw-1"})
			h.account().Discover[0].Instance.ID = "iot-1"
		}, []string{"job-1"}},
		"two and a half pages of packages": {func(h *harness) {
			for i, id := range numbered("job", 250) {
				h.putPackage(fmt.Sprint("fw-", i), id)
			}
			h.discover([]string{productKey}, nil)
		}, numbered("job", 250)},
		"exactly two pages of packages": {func(h *harness) {
			for i, id := range numbered("job", 200) {
				h.putPackage(fmt.Sprint("fw-", i), id)
			}
			h.discover([]string{productKey}, nil)
		}, numbered("job", 200)},
		"two and a half pages of batches": {func(h *harness) {
			h.putPackage("fw-1", numbered("job", 500)...)
			h.discover(nil, []string{"fw-1"})
		}, numbered("job", 500)},
		"exactly two pages of batches": {func(h *harness) {
			h.putPackage("fw-1", numbered("job", 400)...)
			h.discover(nil, []string{"fw-1"})
		}, numbered("job", 400)},
	} {
		t.Run(name, func(t *testing.T) {
			simulated(t, func(t *testing.T, h *harness) {
				c.prepare(h)
				h.apply()
				h.pass(40 * time.Second) // 250 calls at 10 a second
				h.wantIDs(c.want...)
				h.pass(2 * time.Minute)
				h.wantIDs(c.want...)
				h.checkDiscoveredOnce(c.want...)
				if n := h.value(`exporter_jobs{account="production",origin="discovered"}`); int(n) != len(c.want) {
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
		add      func(h *harness, jobID string)
	}{
		"in a known package":                    {15 * time.Second, func(h *harness, id string) { h.putRunning("fw-1", id) }},
		"in a new package":                      {15 * time.Second, func(h *harness, id string) { h.putPackage("of "+id, id) }},
		"in a known package, with a slow round": {10 * time.Minute, func(h *harness, id string) { h.putRunning("fw-1", id) }},
		"in a new package, with a slow round":   {10 * time.Minute, func(h *harness, id string) { h.putPackage("of "+id, id) }},
	} {
		t.Run(name, func(t *testing.T) {
			simulated(t, func(t *testing.T, h *harness) {
				h.setup.Rules.Interval = c.interval
				h.sim.Inject(simulator.Fault{Latency: 50 * time.Millisecond})
				h.putPackage("fw-1", numbered("job", 300)...)
				h.discover([]string{productKey}, nil)
				h.apply()
				for _, id := range numbered("new", 4) {
					h.pass(61*time.Second + 700*time.Millisecond) // each time at another moment of the interval
					c.add(h, id)
					took := h.within(h.setup.Rules.DiscoveryInterval+2*time.Second, id, func() bool { return h.state(id) != nil })
					t.Logf("noticed after %v", took)
				}
			})
		})
	}
}
