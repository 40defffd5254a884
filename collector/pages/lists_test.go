package pages_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
)

// A wrong ID in discover does not affect other batches. The page shows it with its cure until it
// is corrected.
func TestJobsPageShowsFailingLists(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		h.PutPackage("fw-1", "job-1")
		h.Discover([]string{harness.ProductKey, "NoSuchProd"}, []string{"NoSuchFw"})
		h.Apply()
		h.Pass(10 * time.Second)
		root := harness.Document(t, h.Page(""))
		lists := harness.Unreadable(root)
		want := []string{
			"product NoSuchProd, account production: There is no product with this ProductKey in the public instance. " +
				"Set discover.products to the ProductKey that the console shows. " +
				"invalid iot.firmware.InvalidProductKey, 10 s ago The ProductKey is incorrect. request ID ",
			"package NoSuchFw, account production: The API does not find package NoSuchFw in the public instance. " +
				"Correct the ID, or move it to the instance that it belongs to. If it was deleted, remove it: deleting a package also deletes its batches. " +
				"not_found iot.firmware.FirmwareNotFound, 10 s ago The update package does not exist. request ID ",
		}
		if len(lists) != len(want) {
			t.Fatalf("the page shows %d lists, want %d:\n%s", len(lists), len(want), strings.Join(lists, "\n"))
		}
		for i, prefix := range want {
			if !strings.HasPrefix(lists[i], prefix) {
				t.Errorf("%q, want %q", lists[i], prefix)
			}
		}
		if got := harness.Rows(root); len(got) != 1 || got[0] != "job-1" {
			t.Errorf("batches %q, want job-1", got)
		}
		for operation, want := range map[string]float64{aliyun.OpListOTAFirmware: 1, aliyun.OpListOTAJobByFirmware: 1} {
			if got := h.Value(harness.ListsFailing(operation)); got != want {
				t.Errorf("%s: %v lists fail, want %v", operation, got, want)
			}
		}

		h.Sim.AddFirmware(fleet.Firmware{Account: "main", ID: "NoSuchFw", ProductKey: "NoSuchProd"})
		h.Pass(5 * time.Minute)
		if lists := harness.Unreadable(harness.Document(t, h.Page(""))); len(lists) != 0 {
			t.Errorf("after they were corrected, the page shows %q", lists)
		}
		for _, operation := range []string{aliyun.OpListOTAFirmware, aliyun.OpListOTAJobByFirmware} {
			if got := h.Value(harness.ListsFailing(operation)); got != 0 {
				t.Errorf("%s: %v lists fail, want none", operation, got)
			}
		}
	})
}

// Errors of lists are shown as text, and the number of failing lists on the page is limited.
func TestJobsPageLimitsFailingLists(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		const hostile = `</bdi></li></ul><script>alert(1)</script>`
		h.Sim.Inject(gateway.Fault{Operation: aliyun.OpListOTAJobByFirmware, Code: hostile, Message: hostile})
		h.Discover(nil, harness.Numbered("fw", 25))
		h.Apply()
		h.Pass(10 * time.Second)
		root := harness.Document(t, h.Page(""))
		lists := harness.Unreadable(root)
		if len(lists) != 11 || lists[10] != "and 15 more" {
			t.Fatalf("the page shows %q, want ten lists and 15 more", lists)
		}
		if n := strings.Count(lists[0], hostile); n != 2 || len(harness.Elements(root, "script")) > 0 {
			t.Errorf("the hostile text is shown %d times, want code and message in %q", n, lists[0])
		}
		if !strings.Contains(harness.Text(root), "No batch is watched yet") {
			t.Errorf("no explanation of the missing batches in %s", harness.Text(root))
		}
	})
}

// Failing lists that are only read for the status of configured batches are not shown: they
// discover nothing, and QueryOTAJob replaces them.
func TestBulkListsAreNotDiscovery(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		h.Sim.Inject(gateway.Fault{Operation: aliyun.OpListOTAJobByFirmware, Code: "iot.system.SystemException"})
		h.ConfigureRunning(1)
		h.BulkStatus()
		h.Apply()
		h.Pass(time.Minute)
		if lists := harness.Unreadable(harness.Document(t, h.Page(""))); len(lists) != 0 || h.Calls(aliyun.OpListOTAJobByFirmware) == 0 {
			t.Errorf("the page shows %q", lists)
		}
		if n := h.Samples("discovery_lists_failing{"); n != 0 {
			t.Errorf("%d samples of discovery, want none without discovery", n)
		}
	})
}
