package poll_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/conditions"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// The job lists of many packages do not delay the polls of configured batches.
func TestDiscoveryOf500Packages(t *testing.T) {
	conditions.SkipUnderRace(t, "500 packages")
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		h.Sim.Record(true)
		h.Sim.Inject(gateway.Fault{Latency: 50 * time.Millisecond})
		h.CountDevices()
		for i, fw := range harness.Numbered("fw", 500) {
			h.PutPackage(fw)
			if i%10 == 0 {
				h.PutRunning(fw, "live of "+fw)
			}
			h.Put(fleet.Batch{FirmwareID: fw, JobID: "settled of " + fw, Status: "COMPLETED", End: time.Now()})
		}
		h.ConfigureRunning(100) // of another product
		h.Discover([]string{harness.ProductKey}, nil)
		h.Apply()
		h.Pass(2 * time.Minute)
		if got := len(h.IDs()); got != 50+500+100 {
			t.Errorf("%d batches are watched", got)
		}
		worst := h.WorstAge(40, 3*time.Second+100*time.Millisecond, func(s *store.State) bool { return s.Origin == target.Configured })
		if limit := 17 * time.Second; worst > limit { // 100 in 10 slots and 15 s
			t.Errorf("a configured batch is %v old, want %v", worst, limit)
		}
		if expected := h.Value("expected_poll_age_seconds{"); worst.Seconds() > expected {
			t.Errorf("%v s were expected", expected)
		}
		h.CheckBudget()
	})
}

// A long list is read page after page, even if there are more packages than calls in the
// interval.
func TestLongListAmongManyPackages(t *testing.T) {
	conditions.SkipUnderRace(t, "hundreds of packages")
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		h.Sim.Inject(gateway.Fault{Operation: aliyun.OpListOTAJobByFirmware, Latency: 50 * time.Millisecond})
		h.Account().RequestsPerSecond = 3
		for i, fw := range harness.Numbered("fw", 90) {
			h.PutPackage(fw, fmt.Sprintf("job-%04d", i))
		}
		h.PutPackage("long", harness.Numbered("long", 600)...)
		h.Discover([]string{harness.ProductKey}, nil)
		h.Apply()
		h.Pass(2 * time.Minute)
		if got := len(h.IDs()); got != 690 {
			t.Fatalf("%d batches found, want 690", got)
		}
		h.PutRunning("long", "new")
		h.Within(time.Minute, "the new batch on the last page", func() bool { return h.State("new") != nil })
		worst := h.WorstAge(60, 2*time.Second, func(s *store.State) bool { return strings.HasPrefix(s.JobID, "long") })
		if worst > 40*time.Second { // 94 calls at 2.9 a second take 33 s
			t.Errorf("a status is %v old", worst)
		}
	})
}
