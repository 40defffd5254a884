package check_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/conditions"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// wantInOrder fails the test if a text does not contain the wanted texts in this order. The
// number of spaces does not matter.
func wantInOrder(t *testing.T, text string, want ...string) {
	t.Helper()
	rest := spaces.ReplaceAllString(text, " ")
	for _, part := range want {
		_, after, found := strings.Cut(rest, spaces.ReplaceAllString(part, " "))
		if !found {
			t.Errorf("no %q, or in another place, in:\n%s", part, text)
			return
		}
		rest = after
	}
}

var spaces = regexp.MustCompile(` +`)

// Every ID of the configuration is checked within the budget of its operation. Equal problems
// are reported once, with the IDs and their lines in the file.
func TestCheckLiveChecksEveryID(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		h.Sim.Record(true)
		h.Account().RequestsPerSecond = 5
		h.ConfigureRunning(100)
		h.Configure("wrong-1", "wrong-2")
		h.Sim.Inject(gateway.Fault{JobID: "job-0042", Code: "iot.system.SystemException"})
		for i := range 40 {
			h.PutProduct("", fmt.Sprintf("product-%02d", i), fmt.Sprintf("package-%02d", i), fmt.Sprintf("other-%02d", i))
			h.Discover([]string{fmt.Sprintf("product-%02d", i)}, []string{fmt.Sprintf("package-%02d", i)})
		}
		h.Discover([]string{"mistyped", "mistyped-too"}, []string{"deleted"})
		h.CountDevices()
		h.Setup.Lines = map[target.Entry]int{
			{Account: "production", Instance: harness.Instance(""), Operation: aliyun.OpQueryOTAJob, ID: "wrong-1"}:      107,
			{Account: "production", Instance: harness.Instance(""), Operation: aliyun.OpQueryOTAJob, ID: "wrong-2"}:      108,
			{Account: "production", Instance: harness.Instance(""), Operation: aliyun.OpListOTAFirmware, ID: "mistyped"}: 150,
		}
		start := time.Now()
		out, err := h.CheckLive()
		duration := time.Since(start)
		if err == nil {
			t.Error("no error")
		}
		wantInOrder(t, out, "Checking the IDs of the configuration: 185. This takes about 22s.\n",
			"QueryOTAJob           102 jobs     99 ok, 3 failed",
			"ListOTAFirmware       42 products  40 ok, 2 failed",
			"ListOTAJobByFirmware  41 packages  40 ok, 1 failed",
			"ListOTATaskByJob      job ", " ok",
			"\naccount \"production\", QueryOTAJob: The API itself fails", "\n  job job-0042\n",
			"\naccount \"production\", QueryOTAJob: The API does not find these 2 jobs in the public instance. Correct the ID",
			"\n  The first answer was: ", "\n  line 107: job wrong-1\n  line 108: job wrong-2\n",
			"\naccount \"production\", ListOTAFirmware: There is no product with this ProductKey in the public instance.", "\n  line 150: product mistyped\n",
			"\naccount \"production\", ListOTAJobByFirmware: The API does not find package deleted in the public instance.",
		)
		for operation, want := range map[string]int{aliyun.OpQueryOTAJob: 102, aliyun.OpListOTAFirmware: 42, aliyun.OpListOTAJobByFirmware: 41, aliyun.OpListOTATaskByJob: 1} {
			if got := h.Calls(operation); got != want {
				t.Errorf("%s: %d calls, want %d", operation, got, want)
			}
		}
		h.CheckBudget()
		if duration < 20*time.Second || duration > 23*time.Second {
			t.Errorf("it took %v, want the time of the jobs at 5 calls/s", duration)
		}
	})
}

// The output for thousands of IDs stays short.
func TestCheckLiveOfManyIDs(t *testing.T) {
	conditions.SkipUnderRace(t, "thousands of calls")
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		h.Sim.Record(true)
		h.ConfigureRunning(1600)
		h.Configure(harness.Numbered("wrong", 400)...)
		start := time.Now()
		out, err := h.CheckLive()
		if lines := strings.Count(out, "\n"); err == nil || lines > 80 {
			t.Errorf("error %v, %d lines", err, lines)
		}
		wantInOrder(t, out, "configuration: 2000. This takes about 3m30s.", "2000 jobs  1600 ok, 400 failed", "does not find these 400 jobs in", "job wrong-0049", "\n  and 350 more\n")
		if d := time.Since(start); d > 3*time.Minute+30*time.Second {
			t.Errorf("it took %v", d)
		}
		h.CheckBudget()
	})
}

// A product without packages gives a warning and no error, because the product may be new.
func TestCheckLiveOfProductsWithoutPackages(t *testing.T) {
	for name, c := range map[string]struct {
		products []string
		want     []string
	}{
		"one of one":    {[]string{"empty-1"}, []string{"product empty-1  no packages", "none known      not checked", "\nwarning: account \"production\", ListOTAFirmware: product empty-1 has no packages in instance (public); compare the ProductKey", "\n  line 7: product empty-1\n"}},
		"two of three":  {[]string{"empty-2", harness.ProductKey, "empty-1"}, []string{"3 products    1 ok, 2 without packages", "package fw-1  ok", "these 2 products have no packages", "\n  product empty-2\n  line 7: product empty-1\n"}},
		"none":          {[]string{harness.ProductKey}, []string{"product a19mzPZ0001  ok"}},
		"every product": {[]string{target.AllProducts}, []string{"every product  ok", "package fw-1   ok"}},
	} {
		t.Run(name, func(t *testing.T) {
			harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
				h.PutPackage("fw-1", "job-1")
				for _, key := range []string{"empty-1", "empty-2"} { // known to the API
					h.Sim.AddFirmware(fleet.Firmware{Account: "main", ID: "of " + key, ProductKey: key})
					h.Sim.DeleteFirmware("of " + key)
				}
				h.Discover(c.products, nil)
				h.Setup.Lines = map[target.Entry]int{{Account: "production", Instance: harness.Instance(""), Operation: aliyun.OpListOTAFirmware, ID: "empty-1"}: 7}
				out, err := h.CheckLive()
				if err != nil {
					t.Error(err)
				}
				wantInOrder(t, out, c.want...)
				if strings.Contains(out, "warning") != strings.Contains(name, " of ") {
					t.Errorf("wrong warning in:\n%s", out)
				}
			})
		})
	}
}

// Each operation that the configuration needs is called. If the configured IDs are wrong, the
// call uses a related ID that the API knows.
func TestCheckLiveCallsEachOperation(t *testing.T) {
	for name, c := range map[string]struct {
		configure func(h *harness.Harness)
		want      []string
	}{
		"a wrong package, and a product": {func(h *harness.Harness) { h.Discover([]string{harness.ProductKey}, []string{"wrong"}) }, []string{
			"ListOTAFirmware product a19mzPZ0001 ok", "ListOTAJobByFirmware package wrong not_found iot.firmware.FirmwareNotFound",
			"ListOTAJobByFirmware package fw-1 ok", "QueryOTAJob job job-1 ok", "ListOTATaskByJob job job-1 ok"}},
		"a wrong job, and a product": {func(h *harness.Harness) { h.Configure("wrong"); h.Discover([]string{harness.ProductKey}, nil) }, []string{
			"QueryOTAJob job wrong not_found iot.firmware.InvalidOTAJobId", "ListOTAFirmware product a19mzPZ0001 ok",
			"ListOTAJobByFirmware package fw-1 ok", "QueryOTAJob job job-1 ok", "ListOTATaskByJob job job-1 ok"}},
		"a wrong job only": {func(h *harness.Harness) { h.Configure("wrong") }, []string{
			"QueryOTAJob job wrong not_found iot.firmware.InvalidOTAJobId", "ListOTATaskByJob none known not checked"}},
		"a wrong job and a valid one": {func(h *harness.Harness) { h.Configure("wrong", "job-1") }, []string{
			"QueryOTAJob 2 jobs 1 ok, 1 failed", "ListOTATaskByJob job job-1 ok"}},
		"a job without permission": {func(h *harness.Harness) {
			h.Configure("job-1")
			h.Sim.Inject(gateway.Fault{Operation: aliyun.OpQueryOTAJob, Code: "NoPermission"})
		}, []string{"QueryOTAJob job job-1 permission NoPermission", "ListOTATaskByJob job job-1 ok"}},
		"bulk status": {func(h *harness.Harness) { h.Configure("job-1"); h.BulkStatus() }, []string{
			"QueryOTAJob job job-1 ok", "ListOTAJobByFirmware package fw-1 ok", "ListOTATaskByJob job job-1 ok"}},
	} {
		t.Run(name, func(t *testing.T) {
			harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
				h.PutPackage("fw-1", "job-1")
				h.CountDevices()
				c.configure(h)
				out, _ := h.CheckLive()
				_, table, _ := strings.Cut(spaces.ReplaceAllString(out, " "), "RESULT\n")
				table, _, _ = strings.Cut(table, "\n\n")
				var want strings.Builder
				for _, row := range c.want {
					want.WriteString("production (public) " + row + "\n")
				}
				if got := strings.TrimSuffix(table, "\n") + "\n"; got != want.String() {
					t.Errorf("got\n%s, want\n%s", got, &want)
				}
			})
		})
	}
}

// A cure for several operations is reported once.
func TestCheckLiveReportsACureOnce(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		h.Account().Watch(harness.Region, harness.Instance("iot-other"), []string{"a", "b"}, []string{"p"}, []string{"f"})
		out, err := h.CheckLive()
		if n := strings.Count(out, "does not have instance iot-other"); n != 1 || err == nil {
			t.Errorf("reported %d times, error %v", n, err)
		}
		wantInOrder(t, out, "QueryOTAJob, ListOTAFirmware, ListOTAJobByFirmware: The account does not have instance iot-other",
			"\n  job a", "\n  job b", "\n  product p", "\n  package f\n")
	})
}
