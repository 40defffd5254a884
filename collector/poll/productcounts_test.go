package poll_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
)

// A mistyped ProductKey shows as 0 packages, whether the API answers with an empty list or
// with an error. Before the first answer, and during other failures, there is no sample.
func TestMistypedProduct(t *testing.T) {
	for name, c := range map[string]struct {
		answer func(h *harness.Harness)
		want   []string // discovery_firmwares
		logged bool     // in the log, and on the page
	}{
		"an empty list": {func(h *harness.Harness) {
			h.RewriteAnswers(aliyun.OpListOTAFirmware, func(r *http.Request, answer map[string]any) {
				if r.URL.Query().Get("ProductKey") != harness.ProductKey {
					delete(answer, "Code")
					answer["Success"], answer["Total"] = true, 0
				}
			})
		}, []string{"a19mzPZ0001 1", "mistyped 0"}, true},
		"NotExistedProduct": {func(*harness.Harness) {}, []string{"a19mzPZ0001 1", "mistyped 0"}, false},
		"InvalidProductKey": {func(h *harness.Harness) {
			h.RewriteAnswers(aliyun.OpListOTAFirmware, func(r *http.Request, answer map[string]any) {
				if r.URL.Query().Get("ProductKey") != harness.ProductKey {
					answer["Code"] = "iot.firmware.InvalidProductKey"
				}
			})
		}, []string{"a19mzPZ0001 1", "mistyped 0"}, false},
		"no answer": {func(h *harness.Harness) { h.RefuseConnections(true) }, nil, false},
		"throttled": {func(h *harness.Harness) {
			h.Sim.Inject(gateway.Fault{Operation: aliyun.OpListOTAFirmware, Code: "Throttling.User"})
		}, nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
				h.PutPackage("fw-1", "job-1")
				h.Discover([]string{harness.ProductKey, "mistyped"}, nil)
				c.answer(h)
				h.Apply()
				h.Pass(3 * time.Minute)
				wantPackages(h, c.want...)
				const log = `level=warn msg="no packages found; check discover.products`
				if n := strings.Count(h.Logs.String(), log); n > 1 || (n == 1) != c.logged {
					t.Errorf("%d log lines %q, in\n%s", n, log, &h.Logs)
				}
				page := harness.Text(harness.Document(t, h.Page("")))
				for _, want := range []string{"Discovered products 2, update packages 1, products without packages 1", "compare the ProductKey in discover.products", "mistyped account production 0 a19mzPZ0001 account production 1"} {
					if strings.Contains(page, want) != (c.want != nil) {
						t.Errorf("%q is or is not on the page: %s", want, page)
					}
				}
			})
		})
	}
}

// Packages stay known while the list fails, and are forgotten with their product.
func TestPackagesOfProducts(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		h.PutPackage("fw-1", "job-1")
		h.PutPackage("fw-2", "job-2")
		h.Discover([]string{harness.ProductKey}, nil)
		h.Apply()
		h.Pass(10 * time.Second)
		wantPackages(h, "a19mzPZ0001 2")
		if page := harness.Text(harness.Document(t, h.Page(""))); !strings.Contains(page, "update packages 2") || strings.Contains(page, "without packages") {
			t.Errorf("page: %s", page)
		}
		mend := h.Fail("iot.prod.NotExistedProduct")
		h.Pass(5 * time.Minute)
		wantPackages(h, "a19mzPZ0001 2")
		mend()
		h.Pass(10 * time.Minute)

		h.Sim.DeleteFirmware("fw-1")
		h.Sim.DeleteFirmware("fw-2")
		h.Pass(2 * time.Minute)
		wantPackages(h, "a19mzPZ0001 0")
		if n := strings.Count(h.Logs.String(), "no packages found"); n != 1 {
			t.Errorf("%d log lines of no packages, want 1", n)
		}
		h.Account().Discover = nil
		h.Apply()
		wantPackages(h)
		if page := harness.Text(harness.Document(t, h.Page(""))); strings.Contains(page, "Discovered products") {
			t.Errorf("page: %s", page)
		}
	})
}

// The page stays short however many products there are, and text of the API is text.
func TestJobsPageBoundsProducts(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		const hostile = `</bdi><script>alert(1)</script>`
		for _, key := range append(harness.Numbered("product", 60), hostile) {
			h.PutProduct("", key, "of "+key, "job of "+key)
		}
		discoverAll(h, "")
		h.Apply()
		h.Pass(20 * time.Second)
		root := harness.Document(t, h.Page(""))
		if page := harness.Text(root); !strings.Contains(page, "Discovered products 61,") || !strings.Contains(page, "and 11 more") || !strings.Contains(page, hostile) {
			t.Errorf("page: %s", page)
		}
		if len(harness.Elements(root, "dt")) != 50 || len(harness.Elements(root, "script")) > 0 {
			t.Errorf("%d products, %d scripts", len(harness.Elements(root, "dt")), len(harness.Elements(root, "script")))
		}
	})
}
