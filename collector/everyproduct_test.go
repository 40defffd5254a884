package collector_test

import (
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector"
)

// putProduct puts a package of a product in an instance, with one batch.
func (h *harness) putProduct(instanceID, productKey, firmwareID, jobID string) {
	h.sim.AddFirmware(simulator.Firmware{Account: "main", InstanceID: instanceID, ID: firmwareID, ProductKey: productKey})
	h.put(simulator.Batch{InstanceID: instanceID, FirmwareID: firmwareID, JobID: jobID, Status: aliyun.StatusInProgress, Start: time.Now()})
}

// discoverAll discovers every product of an instance.
func (h *harness) discoverAll(instanceID string) {
	h.account().Watch(region, instance(instanceID), nil, []string{collector.AllProducts}, nil)
}

// packages are the samples of discovery_firmwares as "product_key value".
func (h *harness) packages() (counts []string) {
	for line := range strings.Lines(h.scrape()) {
		if rest, ok := strings.CutPrefix(line, `aliyun_iot_ota_exporter_discovery_firmwares{account="production",product_key="`); ok {
			counts = append(counts, strings.TrimSpace(strings.Replace(rest, `"}`, "", 1)))
		}
	}
	return counts
}

func (h *harness) wantPackages(want ...string) {
	h.t.Helper()
	if got := h.packages(); !slices.Equal(got, want) {
		h.t.Errorf("packages %q, want %q", got, want)
	}
}

// "*" finds the batches of all products of its instance, of those that come later too,
// and of no other instance.
func TestEveryProduct(t *testing.T) {
	simulated(t, func(t *testing.T, h *harness) {
		h.putProduct("iot-1", "a", "fw-1", "job-1")
		h.putProduct("iot-1", "a", "fw-2", "job-2")
		h.putProduct("iot-1", "b", "fw-3", "job-3")
		h.putProduct("", "c", "fw-4", "public")
		h.putProduct("iot-2", "d", "fw-5", "elsewhere")
		h.sim.Record(true)
		h.discoverAll("iot-1")
		h.apply()
		h.pass(10 * time.Second)
		h.wantIDs("job-1", "job-2", "job-3")
		h.wantPackages("a 2", "b 1")

		h.putProduct("iot-1", "new", "fw-6", "job-4")
		h.sim.DeleteFirmware("fw-3")
		h.pass(70 * time.Second)
		h.wantIDs("job-1", "job-2", "job-3", "job-4") // a deleted batch stays until max_age
		h.wantPackages("a 2", "new 1")
		if log := `its batches are polled one by one from now on" of="every product" firmware_id=fw-3`; !strings.Contains(h.logs.String(), log) {
			t.Errorf("%q is missing in\n%s", log, &h.logs)
		}

		for _, id := range []string{"fw-1", "fw-2", "fw-6"} {
			h.sim.DeleteFirmware(id)
		}
		h.pass(70 * time.Second)
		h.wantPackages("* 0")
		h.checkBudget()
	})
}

// Two and a half pages of packages of many products are all found.
func TestEveryProductOfManyPages(t *testing.T) {
	collector.SkipUnderRace(t, "hundreds of packages")
	simulated(t, func(t *testing.T, h *harness) {
		ids := numbered("job", 250)
		for i, id := range ids {
			h.putProduct("", fmt.Sprintf("product-%03d", i%50), fmt.Sprint("fw-", i), id)
		}
		h.discoverAll("")
		h.apply()
		h.pass(40 * time.Second)
		h.wantIDs(ids...)
		if got := h.packages(); len(got) != 50 || got[0] != "product-000 5" {
			t.Errorf("packages %q", got)
		}
	})
}

// The documentation has "*" show the packages "of the account". If that means those of
// all its instances, they do no harm.
func TestEveryProductOfTheAccount(t *testing.T) {
	simulated(t, func(t *testing.T, h *harness) {
		h.putProduct("iot-1", "a", "fw-1", "job-1")
		h.putProduct("iot-2", "b", "fw-2", "job-2")
		h.rewriteAnswers(aliyun.OpListOTAFirmware, func(_ *http.Request, answer map[string]any) {
			answer["Total"] = 2
			answer["FirmwareInfo"] = map[string]any{"SimpleFirmwareInfo": []any{
				map[string]any{"FirmwareId": "fw-1", "ProductKey": "a"}, map[string]any{"FirmwareId": "fw-2", "ProductKey": "b"},
			}}
		})
		h.discoverAll("iot-1")
		h.discoverAll("iot-2")
		h.apply()
		h.pass(3 * time.Minute)
		h.wantIDs("job-1", "job-2")
		h.wantPackages("a 1", "b 1")
		for _, id := range []string{"job-1", "job-2"} {
			if s := h.state(id); s.Err != nil || s.Instance.ID != "iot-"+id[4:] {
				t.Errorf("%s is in instance %s, error %v", id, s.Instance.ID, s.Err)
			}
		}
		if n := h.value(listsFailing(aliyun.OpListOTAJobByFirmware)); n != 0 {
			t.Errorf("%v lists fail", n)
		}
		if age := time.Since(time.Unix(int64(h.value("discovery_last_success_timestamp_seconds{")), 0)); age > 2*time.Minute {
			t.Errorf("discovery is %v old", age)
		}
	})
}

// What is known of discovered batches stays when their products are named one by one or
// all at once, across a reload and across a restart.
func TestEveryProductInPlaceOfNamedOnes(t *testing.T) {
	named := func(h *harness) { h.discover([]string{"a", "b"}, nil) }
	all := func(h *harness) { h.discoverAll("") }
	for name, c := range map[string]struct{ before, after func(h *harness) }{
		"named, then all":             {named, all},
		"all, then named":             {all, named},
		"all, then all":               {all, all},
		"by their packages, then all": {func(h *harness) { h.discover(nil, []string{"fw-1", "fw-2"}) }, all},
		"all, then by their packages": {all, func(h *harness) { h.discover(nil, []string{"fw-1", "fw-2"}) }},
		"configured, then all":        {func(h *harness) { h.configure("job-1", "job-2") }, all},
	} {
		for _, restart := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, restart %v", name, restart), func(t *testing.T) {
				simulated(t, func(t *testing.T, h *harness) {
					if restart && name == "configured, then all" {
						t.Skip("the state file does not have the place of a configured batch")
					}
					h.putProduct("", "a", "fw-1", "job-1")
					h.putProduct("", "b", "fw-2", "job-2")
					path := filepath.Join(t.TempDir(), "state")
					stop := h.keep(path)
					c.before(h)
					h.apply()
					h.pass(20 * time.Second)
					h.wantIDs("job-1", "job-2")
					asOf := h.state("job-1").AsOf
					if restart {
						stop()
						h = h.next(path)
					}
					h.account().Targets, h.account().Discover = nil, nil
					c.after(h)
					h.poller.Apply(t.Context(), h.setup)
					for _, id := range []string{"job-1", "job-2"} {
						if s := h.stateNow(id); s == nil || s.Origin != collector.Discovered || s.Job == nil {
							t.Errorf("%s: %+v", id, s)
						}
					}
					if s := h.stateNow("job-1"); s != nil && !s.AsOf.Round(time.Millisecond).Equal(asOf.Round(time.Millisecond)) {
						t.Errorf("known as of %v, want %v", s.AsOf, asOf)
					}
					h.pass(2 * time.Minute)
					h.wantIDs("job-1", "job-2")
				})
			})
		}
	}
}

// A wrong JobId that is taken out of the configuration does not stay because of "*".
func TestEveryProductKeepsNoWrongID(t *testing.T) {
	simulated(t, func(t *testing.T, h *harness) {
		h.putProduct("", "a", "fw-1", "job-1")
		h.discoverAll("")
		h.watch("job-1", "wrong")
		h.pass(20 * time.Second)
		h.account().Targets = nil
		h.apply()
		h.wantIDs("job-1")
	})
}
