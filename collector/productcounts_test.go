package collector_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
)

// A mistyped ProductKey shows, whether the API answers with an empty list or with an
// error. Until it has answered, and while it fails otherwise, nothing is known.
func TestMistypedProduct(t *testing.T) {
	for name, c := range map[string]struct {
		answer func(h *harness)
		want   []string // discovery_firmwares
		told   bool     // in the log, and on the page
	}{
		"an empty list": {func(h *harness) {
			h.rewriteAnswers(aliyun.OpListOTAFirmware, func(r *http.Request, answer map[string]any) {
				if r.URL.Query().Get("ProductKey") != productKey {
					delete(answer, "Code")
					answer["Success"], answer["Total"] = true, 0
				}
			})
		}, []string{"a19mzPZ0001 1", "mistyped 0"}, true},
		"NotExistedProduct": {func(*harness) {}, []string{"a19mzPZ0001 1", "mistyped 0"}, false},
		"InvalidProductKey": {func(h *harness) {
			h.rewriteAnswers(aliyun.OpListOTAFirmware, func(r *http.Request, answer map[string]any) {
				if r.URL.Query().Get("ProductKey") != productKey {
					answer["Code"] = "iot.firmware.InvalidProductKey"
				}
			})
		}, []string{"a19mzPZ0001 1", "mistyped 0"}, false},
		"no answer": {func(h *harness) { h.refuseConnections(true) }, nil, false},
		"throttled": {func(h *harness) {
			h.sim.Inject(simulator.Fault{Operation: aliyun.OpListOTAFirmware, Code: "Throttling.User"})
		}, nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			simulated(t, func(t *testing.T, h *harness) {
				h.putPackage("fw-1", "job-1")
				h.discover([]string{productKey, "mistyped"}, nil)
				c.answer(h)
				h.apply()
				h.pass(3 * time.Minute)
				h.wantPackages(c.want...)
				const log = `level=warn account=production msg="no packages found`
				if n := strings.Count(h.logs.String(), "no packages found"); n > 1 || (n == 1) != c.told {
					t.Errorf("%d log lines %q, in\n%s", n, log, &h.logs)
				}
				page := text(document(t, h.page("")))
				for _, want := range []string{"Discovered products 2, update packages 1, products without packages 1", "compare its ProductKey", "mistyped account production 0 a19mzPZ0001 account production 1"} {
					if strings.Contains(page, want) != (c.want != nil) {
						t.Errorf("%q is or is not on the page: %s", want, page)
					}
				}
			})
		})
	}
}

// What was found stays known while the list fails, and goes with its product.
func TestPackagesOfProducts(t *testing.T) {
	simulated(t, func(t *testing.T, h *harness) {
		h.putPackage("fw-1", "job-1")
		h.putPackage("fw-2", "job-2")
		h.discover([]string{productKey}, nil)
		h.apply()
		h.pass(10 * time.Second)
		h.wantPackages("a19mzPZ0001 2")
		if page := text(document(t, h.page(""))); !strings.Contains(page, "update packages 2") || strings.Contains(page, "without packages") {
			t.Errorf("page: %s", page)
		}
		mend := h.fail("iot.prod.NotExistedProduct")
		h.pass(5 * time.Minute)
		h.wantPackages("a19mzPZ0001 2")
		mend()
		h.pass(10 * time.Minute)

		h.sim.DeleteFirmware("fw-1")
		h.sim.DeleteFirmware("fw-2")
		h.pass(2 * time.Minute)
		h.wantPackages("a19mzPZ0001 0")
		if n := strings.Count(h.logs.String(), "no packages found"); n != 1 {
			t.Errorf("%d log lines of no packages, want 1", n)
		}
		h.account().Discover = nil
		h.apply()
		h.wantPackages()
		if page := text(document(t, h.page(""))); strings.Contains(page, "Discovered products") {
			t.Errorf("page: %s", page)
		}
	})
}

// The page stays short however many products there are, and text of the API is text.
func TestJobsPageBoundsProducts(t *testing.T) {
	simulated(t, func(t *testing.T, h *harness) {
		const hostile = `</bdi><script>alert(1)</script>`
		for _, key := range append(numbered("product", 60), hostile) {
			h.putProduct("", key, "of "+key, "job of "+key)
		}
		h.discoverAll("")
		h.apply()
		h.pass(20 * time.Second)
		root := document(t, h.page(""))
		if page := text(root); !strings.Contains(page, "Discovered products 61,") || !strings.Contains(page, "and 11 more") || !strings.Contains(page, hostile) {
			t.Errorf("page: %s", page)
		}
		if len(elements(root, "dt")) != 50 || len(elements(root, "script")) > 0 {
			t.Errorf("%d products, %d scripts", len(elements(root, "dt")), len(elements(root, "script")))
		}
	})
}
