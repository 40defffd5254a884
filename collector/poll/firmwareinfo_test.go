package poll_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// wantFirmwares checks the samples of firmware_info, in the order of /metrics.
func wantFirmwares(t *testing.T, h *harness.Harness, want ...string) {
	t.Helper()
	var got []string
	for line := range strings.Lines(h.Scrape()) {
		if sample, is := strings.CutPrefix(line, "aliyun_iot_ota_firmware_info"); is {
			got = append(got, strings.TrimSpace(sample))
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The packages of discovered products have an info metric, with every name that the list
// shows, as long as the list shows them and the configuration asks for the list. They cost no
// call.
func TestFirmwareInfo(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		sensor := fleet.Firmware{Account: "main", ID: "fw-2", Name: "传感器-2", ProductKey: harness.ProductKey, ProductName: "冷链 \"传感器\"", ModuleName: "mcu", DestVersion: "2.0", SrcVersion: "1.0", Status: -1}
		h.Sim.AddFirmware(sensor)
		h.PutPackage("fw-1", "job-1")
		h.Discover([]string{harness.ProductKey}, nil)
		h.Apply()
		h.Pass(time.Second)
		const (
			first  = `{account="production",firmware_id="fw-1",name="firmware",product_key="a19mzPZ0001",product_name="a19mzPZ0001",module_name="default",dest_version="2",type="0",status="0"} 1`
			second = `{account="production",firmware_id="fw-2",name="传感器-2",product_key="a19mzPZ0001",product_name="冷链 \"传感器\"",module_name="mcu",dest_version="2.0",type="1",status="-1"} 1`
		)
		wantFirmwares(t, h, first, second)
		if f := h.Store.Firmware("production", "fw-2"); f == nil || aliyun.Text(f.ModuleName) != "mcu" {
			t.Errorf("the store has %+v", f)
		}

		sensor.Status = 1
		h.Sim.AddFirmware(sensor)
		h.Pass(time.Minute)
		wantFirmwares(t, h, first, strings.Replace(second, `status="-1"`, `status="1"`, 1))

		h.Sim.DeleteFirmware("fw-2")
		h.Pass(time.Minute)
		wantFirmwares(t, h, first)

		h.RefuseConnections(true) // what was read stays
		h.Pass(5 * time.Minute)
		wantFirmwares(t, h, first)
		h.RefuseConnections(false)

		h.Account().Discover = nil
		h.Configure("job-1")
		h.Apply()
		wantFirmwares(t, h)
	})
}

// An account that leaves the configuration takes its packages along.
func TestFirmwareInfoOfAnAccountThatLeaves(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		h.PutPackage("fw-1", "job-1")
		h.Discover([]string{harness.ProductKey}, nil)
		h.Apply()
		h.Pass(time.Second)
		if n := h.Samples("aliyun_iot_ota_firmware_info{"); n != 1 {
			t.Fatalf("%d packages", n)
		}
		other := *h.Account()
		other.Name, other.Discover, other.Targets = "other", nil, nil
		other.Watch(harness.Region, harness.Instance(""), []string{"job-1"}, nil, nil)
		h.Setup.Accounts = []target.Account{other}
		h.Apply()
		h.Pass(time.Second)
		wantFirmwares(t, h)
	})
}

// The packages of a product are bounded as its list is, and so are their texts.
func TestFirmwareInfoIsBounded(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		for i := range aliyun.MaxPackages + 10 {
			h.Sim.AddFirmware(fleet.Firmware{
				Account: "main", ID: fmt.Sprintf("fw-%04d", i), ProductKey: harness.ProductKey, Name: strings.Repeat("级", 1000), ProductName: strings.Repeat("x", 1000), DestVersion: "1",
			})
		}
		h.Discover([]string{harness.ProductKey}, nil)
		h.Apply()
		h.Pass(5 * time.Second)
		text := h.Scrape()
		if n := strings.Count(text, "\naliyun_iot_ota_firmware_info{"); n != aliyun.MaxPackages {
			t.Errorf("%d packages, want %d", n, aliyun.MaxPackages)
		}
		for line := range strings.Lines(text) {
			if strings.HasPrefix(line, "aliyun_iot_ota_firmware_info{") && len(line) > 1000 {
				t.Fatalf("%d bytes: %s", len(line), line)
			}
		}
		harness.CheckExposition(t, text)
	})
}
