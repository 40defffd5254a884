package collector_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector"
)

// The lists of many packages take nothing from the polls of configured batches.
func TestDiscoveryOf500Packages(t *testing.T) {
	collector.SkipUnderRace(t, "500 packages")
	simulated(t, func(t *testing.T, h *harness) {
		h.sim.Record(true)
		h.sim.Inject(simulator.Fault{Latency: 50 * time.Millisecond})
		h.countDevices()
		for i, fw := range numbered("fw", 500) {
			h.putPackage(fw)
			if i%10 == 0 {
				h.putRunning(fw, "live of "+fw)
			}
			h.put(simulator.Batch{FirmwareID: fw, JobID: "settled of " + fw, Status: "COMPLETED", End: time.Now()})
		}
		h.configureRunning(100) // of another product
		h.discover([]string{productKey}, nil)
		h.apply()
		h.pass(2 * time.Minute)
		if got := len(h.ids()); got != 50+500+100 {
			t.Errorf("%d batches are watched", got)
		}
		worst := h.worstAge(40, 3*time.Second+100*time.Millisecond, func(s *collector.State) bool { return s.Origin == collector.Configured })
		if limit := 17 * time.Second; worst > limit { // 100 in 10 slots and 15 s
			t.Errorf("a configured batch is %v old, want %v", worst, limit)
		}
		if promised := h.value("expected_poll_age_seconds{"); worst.Seconds() > promised {
			t.Errorf("%v s were promised", promised)
		}
		h.checkBudget()
	})
}

// A long list is read page after page, even where there are more packages than
// calls in the interval.
func TestLongListAmongManyPackages(t *testing.T) {
	collector.SkipUnderRace(t, "2,300 batches")
	simulated(t, func(t *testing.T, h *harness) {
		h.sim.Inject(simulator.Fault{Operation: aliyun.OpListOTAJobByFirmware, Latency: 50 * time.Millisecond})
		for i, fw := range numbered("fw", 300) {
			h.putPackage(fw, fmt.Sprintf("job-%04d", i))
		}
		h.putPackage("long", numbered("long", 2000)...)
		h.discover([]string{productKey}, nil)
		h.apply()
		h.pass(2 * time.Minute)
		if got := len(h.ids()); got != 2300 {
			t.Fatalf("%d batches found, want 2300", got)
		}
		h.putRunning("long", "new")
		h.within(time.Minute, "the new batch on the last page", func() bool { return h.state("new") != nil })
		worst := h.worstAge(60, 2*time.Second, func(s *collector.State) bool { return strings.HasPrefix(s.JobID, "long") })
		if worst > 40*time.Second { // 311 calls at 9.5 a second take 33 s
			t.Errorf("a status is %v old", worst)
		}
	})
}
