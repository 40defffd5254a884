package pages_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
)

// After a restart the reasons of failed devices are known, but not the devices. The page says
// so, and when or how a reader gets them.
func TestFailedDevicesAfterARestart(t *testing.T) {
	for name, c := range map[string]struct {
		ended bool
		want  string // what the page says
	}{
		"of a batch that runs":  {false, "They come with the next count."},
		"of a batch that ended": {true, "this batch is not counted again. The commands below list the devices."},
	} {
		t.Run(name, func(t *testing.T) {
			harness.Simulated(t, func(t *testing.T, first *harness.Harness) {
				path := filepath.Join(t.TempDir(), "state")
				stop := first.Keep(path)
				b := harness.Ordinary(time.Now())
				b.Devices = fleet.Devices{Count: 100, Fail: 0.5, Failures: harness.Failures()}
				if !c.ended {
					b.Devices.Offline = 0.1
				}
				first.CountDevices()
				first.Add(b)
				first.Pass(20 * time.Minute)
				failed := first.State(harness.JobID).Devices.ByStatus["FAILED"]
				if said := text(t, first); strings.Contains(said, "restart") || strings.Count(said, " ago") < failed {
					t.Fatalf("%d devices failed: %s", failed, said)
				}
				stop()

				second := first.Next(path)
				mend := second.Sim.Inject(gateway.Fault{Operation: aliyun.OpListOTATaskByJob, Kind: gateway.Hang})
				second.Apply()
				second.Pass(time.Second)
				if said := text(t, second); !strings.Contains(said, "Why devices failed") || !strings.Contains(said, c.want) {
					t.Errorf("want %q: %s", c.want, said)
				}
				mend()
				second.Pass(5 * time.Minute)
				said := text(t, second)
				if strings.Contains(said, "Failed devices") == c.ended || strings.Contains(said, "over a restart") != c.ended {
					t.Errorf("some minutes later: %s", said)
				}
			})
		})
	}
}

// text returns the text of the page of the only batch.
func text(t *testing.T, h *harness.Harness) string {
	t.Helper()
	return harness.Text(harness.Document(t, h.BatchPage(harness.JobID)))
}
