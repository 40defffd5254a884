package poll_test

import (
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/conditions"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// discoverAll discovers every product of an instance.
func discoverAll(h *harness.Harness, instanceID string) {
	h.Account().Watch(harness.Region, harness.Instance(instanceID), nil, []string{target.AllProducts}, nil)
}

// packages are the samples of discovery_firmwares as "product_key value".
func packagesOf(h *harness.Harness) (counts []string) {
	for line := range strings.Lines(h.Scrape()) {
		if rest, ok := strings.CutPrefix(line, `aliyun_iot_ota_exporter_discovery_firmwares{account="production",product_key="`); ok {
			counts = append(counts, strings.TrimSpace(strings.Replace(rest, `"}`, "", 1)))
		}
	}
	return counts
}

func wantPackages(h *harness.Harness, want ...string) {
	h.T.Helper()
	if got := packagesOf(h); !slices.Equal(got, want) {
		h.T.Errorf("packages %q, want %q", got, want)
	}
}

// "*" finds the batches of all products of its instance, new products included, and of no
// other instance.
func TestEveryProduct(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		h.PutProduct("iot-1", "a", "fw-1", "job-1")
		h.PutProduct("iot-1", "a", "fw-2", "job-2")
		h.PutProduct("iot-1", "b", "fw-3", "job-3")
		h.PutProduct("", "c", "fw-4", "public")
		h.PutProduct("iot-2", "d", "fw-5", "elsewhere")
		h.Sim.Record(true)
		discoverAll(h, "iot-1")
		h.Apply()
		h.Pass(10 * time.Second)
		h.WantIDs("job-1", "job-2", "job-3")
		wantPackages(h, "a 2", "b 1")

		h.PutProduct("iot-1", "new", "fw-6", "job-4")
		h.Sim.DeleteFirmware("fw-3")
		h.Pass(70 * time.Second)
		h.WantIDs("job-1", "job-2", "job-3", "job-4") // a deleted batch stays until max_age
		wantPackages(h, "a 2", "new 1")
		if log := `its batches are now polled one by one" of="every product" firmware_id=fw-3`; !strings.Contains(h.Logs.String(), log) {
			t.Errorf("%q is missing in\n%s", log, &h.Logs)
		}

		for _, id := range []string{"fw-1", "fw-2", "fw-6"} {
			h.Sim.DeleteFirmware(id)
		}
		h.Pass(70 * time.Second)
		wantPackages(h, "* 0")
		h.CheckBudget()
	})
}

// Two and a half pages of packages of many products are all found.
func TestEveryProductOfManyPages(t *testing.T) {
	conditions.SkipUnderRace(t, "hundreds of packages")
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		ids := harness.Numbered("job", 250)
		for i, id := range ids {
			h.PutProduct("", fmt.Sprintf("product-%03d", i%50), fmt.Sprint("fw-", i), id)
		}
		discoverAll(h, "")
		h.Apply()
		h.Pass(40 * time.Second)
		h.WantIDs(ids...)
		if got := packagesOf(h); len(got) != 50 || got[0] != "product-000 5" {
			t.Errorf("packages %q", got)
		}
	})
}

// The documentation has "*" show the packages "of the account". If that means those of
// all its instances, the other ones do no harm.
func TestEveryProductOfTheAccount(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		h.PutProduct("iot-1", "a", "fw-1", "job-1")
		h.PutProduct("iot-2", "b", "fw-2", "job-2")
		h.RewriteAnswers(aliyun.OpListOTAFirmware, func(_ *http.Request, answer map[string]any) {
			answer["Total"] = 2
			answer["FirmwareInfo"] = map[string]any{"SimpleFirmwareInfo": []any{
				map[string]any{"FirmwareId": "fw-1", "ProductKey": "a"}, map[string]any{"FirmwareId": "fw-2", "ProductKey": "b"},
			}}
		})
		discoverAll(h, "iot-1")
		discoverAll(h, "iot-2")
		h.Apply()
		h.Pass(3 * time.Minute)
		h.WantIDs("job-1", "job-2")
		wantPackages(h, "a 1", "b 1")
		for _, id := range []string{"job-1", "job-2"} {
			if s := h.State(id); s.Err != nil || s.Instance.ID != "iot-"+id[4:] {
				t.Errorf("%s is in instance %s, error %v", id, s.Instance.ID, s.Err)
			}
		}
		if n := h.Value(harness.ListsFailing(aliyun.OpListOTAJobByFirmware)); n != 0 {
			t.Errorf("%v lists fail", n)
		}
		if age := time.Since(time.Unix(int64(h.Value("discovery_last_success_timestamp_seconds{")), 0)); age > 2*time.Minute {
			t.Errorf("discovery is %v old", age)
		}
	})
}

// What is known of discovered batches is kept when the configuration changes between named
// products and "*", by a reload or a restart.
func TestEveryProductInPlaceOfNamedOnes(t *testing.T) {
	named := func(h *harness.Harness) { h.Discover([]string{"a", "b"}, nil) }
	all := func(h *harness.Harness) { discoverAll(h, "") }
	for name, c := range map[string]struct{ before, after func(h *harness.Harness) }{
		"named, then all":             {named, all},
		"all, then named":             {all, named},
		"all, then all":               {all, all},
		"by their packages, then all": {func(h *harness.Harness) { h.Discover(nil, []string{"fw-1", "fw-2"}) }, all},
		"all, then by their packages": {all, func(h *harness.Harness) { h.Discover(nil, []string{"fw-1", "fw-2"}) }},
		"configured, then all":        {func(h *harness.Harness) { h.Configure("job-1", "job-2") }, all},
	} {
		for _, restart := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, restart %v", name, restart), func(t *testing.T) {
				harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
					if restart && name == "configured, then all" {
						t.Skip("the state file does not have the place of a configured batch")
					}
					h.PutProduct("", "a", "fw-1", "job-1")
					h.PutProduct("", "b", "fw-2", "job-2")
					path := filepath.Join(t.TempDir(), "state")
					stop := h.Keep(path)
					c.before(h)
					h.Apply()
					h.Pass(20 * time.Second)
					h.WantIDs("job-1", "job-2")
					asOf := h.State("job-1").AsOf
					if restart {
						stop()
						h = h.Next(path)
					}
					h.Account().Targets, h.Account().Discover = nil, nil
					c.after(h)
					h.Sim.Inject(gateway.Fault{Latency: time.Second}) // nothing is answered before the checks
					h.Poller.Apply(t.Context(), h.Setup)
					for _, id := range []string{"job-1", "job-2"} {
						if s := h.StateNow(id); s == nil || s.Origin != target.Discovered || s.Job == nil {
							t.Errorf("%s: %+v", id, s)
						}
					}
					if s := h.StateNow("job-1"); s != nil && !s.AsOf.Round(time.Millisecond).Equal(asOf.Round(time.Millisecond)) {
						t.Errorf("known as of %v, want %v", s.AsOf, asOf)
					}
					h.Pass(2 * time.Minute)
					h.WantIDs("job-1", "job-2")
				})
			})
		}
	}
}

// A wrong JobId that is taken out of the configuration does not stay because of "*".
func TestEveryProductKeepsNoWrongID(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		h.PutProduct("", "a", "fw-1", "job-1")
		discoverAll(h, "")
		h.Watch("job-1", "wrong")
		h.Pass(20 * time.Second)
		h.Account().Targets = nil
		h.Apply()
		h.WantIDs("job-1")
	})
}
