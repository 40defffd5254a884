package check_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/check"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/conditions"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// wantInOrder wants these texts in a text, one behind the other. How many spaces there
// are makes no difference.
func wantInOrder(t *testing.T, text string, want ...string) {
	t.Helper()
	rest := spaces.ReplaceAllString(text, " ")
	for _, part := range want {
		_, after, found := strings.Cut(rest, spaces.ReplaceAllString(part, " "))
		if !found {
			t.Errorf("no %q, or not in its place, in:\n%s", part, text)
			return
		}
		rest = after
	}
}

var spaces = regexp.MustCompile(` +`)

// Every id of the configuration is asked for, within the budget, each operation at its
// own pace. What fails alike is told once, with the ids and their lines in the file.
func TestCheckLiveAsksForEveryID(t *testing.T) {
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
		took := time.Since(start)
		if err == nil {
			t.Error("no error")
		}
		wantInOrder(t, out, "Asking for every id of the configuration: 185. That takes about 22s.\n",
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
		if took < 20*time.Second || took > 23*time.Second {
			t.Errorf("took %v, as long as the jobs at 5 a second take", took)
		}
	})
}

// Ten thousand ids give an output that can be read.
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
		wantInOrder(t, out, "configuration: 2000. That takes about 3m30s.", "2000 jobs  1600 ok, 400 failed", "does not find these 400 jobs in", "job wrong-0049", "\n  and 350 more\n")
		if took := time.Since(start); took > 3*time.Minute+30*time.Second {
			t.Errorf("took %v", took)
		}
		h.CheckBudget()
	})
}

// What fails for a reason that all ids share is not tried with every one of them. Another
// instance may be better off.
func TestCheckLiveGivesUpOnWhatAllShare(t *testing.T) {
	for name, c := range map[string]struct {
		prepare func(h *harness.Harness)
		calls   int // of QueryOTAJob
		want    []string
	}{
		"a wrong key": {func(h *harness.Harness) { h.Account().Credentials.AccessKeySecret = "other" }, 40,
			[]string{"200 jobs   20 failed, 180 not asked", "50 jobs    20 failed, 30 not asked", "secret does not belong", "After these failures 210 ids were not asked for"}},
		"an instance of a region that is not there": {func(h *harness.Harness) {
			dial := h.Dial
			h.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
				if strings.HasPrefix(address, "iot.cn-nowhere") {
					return nil, errors.New("no such host")
				}
				return dial(ctx, network, address)
			}
			for i := range 200 {
				h.Account().Targets[i].Instance.URL = "http://iot.cn-nowhere.aliyuncs.com"
			}
		}, 50, []string{"200 jobs   20 failed, 180 not asked", "50 jobs    50 ok", "After these failures 180 ids were not asked for"}},
		"a network that fails for a moment": {func(h *harness.Harness) {
			h.Sim.Inject(gateway.Fault{Operation: aliyun.OpQueryOTAJob, Kind: gateway.Reset, Count: 15})
		}, 250, []string{"200 jobs   185 ok, 15 failed", "50 jobs    50 ok"}},
	} {
		t.Run(name, func(t *testing.T) {
			harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
				h.ConfigureRunning(200)
				for _, id := range harness.Numbered("second", 50) {
					h.Put(fleet.Batch{InstanceID: "iot-2", FirmwareID: "fw-2", JobID: id, Status: aliyun.StatusInProgress, Start: time.Now()})
				}
				h.Account().Watch(harness.Region, harness.Instance("iot-2"), harness.Numbered("second", 50), nil, nil)
				c.prepare(h)
				out, err := h.CheckLive()
				if err == nil {
					t.Error("no error")
				}
				wantInOrder(t, out, c.want...)
				if strings.Contains(out, "job job-0001\n") {
					t.Errorf("ids are listed although it is not them, in:\n%s", out)
				}
				if n := strings.Count(out, "The first answer was"); n != 1 {
					t.Errorf("%d cures, want one, in:\n%s", n, out)
				}
				if got := h.Calls(aliyun.OpQueryOTAJob); got != c.calls {
					t.Errorf("%d calls, want %d", got, c.calls)
				}
			})
		})
	}
}

// An id that was throttled is asked for again; that others use up the budget is told only
// when it stays so.
func TestCheckLiveOfAThrottledAccount(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		h.ConfigureRunning(30)
		h.Sim.Inject(gateway.Fault{Operation: aliyun.OpQueryOTAJob, Code: "Throttling.User", Count: 4})
		out, err := h.CheckLive()
		if want := "30 jobs    30 ok"; err != nil || !strings.Contains(out, want) || h.Calls(aliyun.OpQueryOTAJob) != 34 {
			t.Errorf("error %v, %d calls, want %s in:\n%s", err, h.Calls(aliyun.OpQueryOTAJob), want, out)
		}
	})
}

// Where everything is throttled the check does not go on for hours.
func TestCheckLiveWhereEverythingIsThrottled(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		h.ConfigureRunning(1000)
		h.Put(fleet.Batch{InstanceID: "iot-2", JobID: "second"})
		h.Account().Watch(harness.Region, harness.Instance("iot-2"), []string{"second"}, nil, nil)
		h.Sim.Inject(gateway.Fault{Operation: aliyun.OpQueryOTAJob, Code: "Throttling.User"})
		start := time.Now()
		out, err := h.CheckLive()
		if took, calls := time.Since(start), h.Calls(aliyun.OpQueryOTAJob); err == nil || took > 4*time.Minute || calls > 50 {
			t.Errorf("error %v after %v and %d calls", err, took, calls)
		}
		wantInOrder(t, out, "more than 10 requests a second of QueryOTAJob", "ids were not asked for")
	})
}

// A stop in the middle tells what is known by then.
func TestCheckLiveStopped(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		h.Sim.Inject(gateway.Fault{Latency: 300 * time.Millisecond})
		h.Configure("wrong")
		h.ConfigureRunning(1000)
		h.CountDevices()
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second+100*time.Millisecond)
		defer cancel()
		var out bytes.Buffer
		start := time.Now()
		err := check.Live(ctx, &out, nil, func() (target.Setup, error) { return h.Setup, nil }, h.Options)
		if took := time.Since(start); took > 30*time.Second+200*time.Millisecond {
			t.Errorf("it went on for %v", took)
		}
		if err == nil || !strings.Contains(err.Error(), "stopped before every id") {
			t.Errorf("error %v", err)
		}
		wantInOrder(t, out.String(), "1001 jobs  ", " ok, 1 failed, ", " not asked", "does not find job wrong")
		if calls := h.Calls(aliyun.OpQueryOTAJob); calls < 200 || calls > 300 {
			t.Errorf("%d calls in:\n%s", calls, &out)
		}
	})
}

// A product without packages is worth a warning, which fails no script: it may be new.
func TestCheckLiveOfProductsWithoutPackages(t *testing.T) {
	for name, c := range map[string]struct {
		products []string
		want     []string
	}{
		"one of one":    {[]string{"empty-1"}, []string{"product empty-1  no packages", "nothing yet      not asked", "\nwarning: account \"production\", ListOTAFirmware: product empty-1 has no packages in instance (public); correct the ProductKey", "\n  line 7: product empty-1\n"}},
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
					t.Errorf("warned, or not, in:\n%s", out)
				}
			})
		})
	}
}

// Each operation that the configuration needs is called, with something that the API
// knows where the ids of the configuration are wrong.
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
			"QueryOTAJob job wrong not_found iot.firmware.InvalidOTAJobId", "ListOTATaskByJob nothing yet not asked"}},
		"a wrong job and a good one": {func(h *harness.Harness) { h.Configure("wrong", "job-1") }, []string{
			"QueryOTAJob 2 jobs 1 ok, 1 failed", "ListOTATaskByJob job job-1 ok"}},
		"a job that must not be asked for": {func(h *harness.Harness) {
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
				_, table, _ := strings.Cut(spaces.ReplaceAllString(out, " "), "RESULT \n")
				table, _, _ = strings.Cut(table, "\n\n")
				var want strings.Builder
				for _, row := range c.want {
					want.WriteString("production (public) " + row + " \n")
				}
				if got := strings.TrimSuffix(table, "\n") + "\n"; got != want.String() {
					t.Errorf("got\n%s, want\n%s", got, &want)
				}
			})
		})
	}
}

// One cure that is for several operations is told once.
func TestCheckLiveTellsACureOnce(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		h.Account().Watch(harness.Region, harness.Instance("iot-other"), []string{"a", "b"}, []string{"p"}, []string{"f"})
		out, err := h.CheckLive()
		if n := strings.Count(out, "does not have instance iot-other"); n != 1 || err == nil {
			t.Errorf("told %d times, error %v", n, err)
		}
		wantInOrder(t, out, "QueryOTAJob, ListOTAFirmware, ListOTAJobByFirmware: The account does not have instance iot-other",
			"\n  job a", "\n  job b", "\n  product p", "\n  package f\n")
	})
}
