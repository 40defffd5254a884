package poll_test

import (
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
)

// Discovery is as old as the oldest of its lists, so a failing list is not hidden by the
// others.
func TestDiscoveryIsAsOldAsItsOldestList(t *testing.T) {
	for _, operation := range []string{aliyun.OpListOTAFirmware, aliyun.OpListOTAJobByFirmware} {
		t.Run(operation, func(t *testing.T) {
			harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
				h.PutPackage("fw-1", "job-1")
				h.PutPackage("fw-2", "job-2")
				h.Discover([]string{harness.ProductKey}, nil)
				h.Apply()
				age := func() time.Duration {
					at := h.Value(`discovery_last_success_timestamp_seconds{account="production"}`)
					return time.Since(time.UnixMilli(int64(1000 * at)))
				}
				h.Pass(10 * time.Minute)
				if got := age(); got > time.Minute {
					t.Errorf("%v old while all lists are read", got)
				}
				h.Sim.Inject(gateway.Fault{Operation: operation, Code: "iot.system.SystemException"})
				h.Pass(10 * time.Minute)
				if got := age(); got < 10*time.Minute || got > 11*time.Minute {
					t.Errorf("%v old ten minutes after a list began to fail", got)
				}
			})
		})
	}
}

// A list that was never read leaves the age unknown, whatever the others say.
func TestDiscoveryThatWasNeverComplete(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		h.PutPackage("fw-1", "job-1")
		h.Discover([]string{harness.ProductKey, "NoSuchProd"}, nil)
		h.Apply()
		h.Pass(10 * time.Minute)
		if n := h.Samples("discovery_last_success_timestamp_seconds{"); n != 0 {
			t.Errorf("%d samples, want none", n)
		}
		h.WantIDs("job-1")
	})
}
