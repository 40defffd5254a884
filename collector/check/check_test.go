package check_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/printable"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/check"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// The plan tells how old the data can get, and what to change if the budget is too small for
// the interval.
func TestCheck(t *testing.T) {
	for name, c := range map[string]struct {
		jobs, rate int
		interval   time.Duration
		want       []string
	}{
		"the interval can be kept": {47, 5, 15 * time.Second, []string{"production  QueryOTAJob  47 jobs  5           188        15s       17s", "Every account can keep these intervals."}},
		"a higher rate suffices":   {100, 5, 15 * time.Second, []string{"23s", "QueryOTAJob for 100 jobs every 15s with 5 requests/s. Set requests_per_second: 7."}},
		"the rate is rounded up":   {101, 5, 15 * time.Second, []string{"Set requests_per_second: 8."}},
		"no rate suffices":         {1000, 5, 15 * time.Second, []string{"3m36s", "Set polling.interval: 3m30s, or 1m45s with requests_per_second: 10."}},
		"the highest rate is used": {1000, 10, 15 * time.Second, []string{"1m49s", "Set polling.interval: 1m45s."}},
		"nothing to poll yet":      {0, 5, 15 * time.Second, []string{"production  QueryOTAJob  0 jobs  5           0"}},
	} {
		t.Run(name, func(t *testing.T) {
			account := target.Account{Name: "production", RequestsPerSecond: c.rate}
			account.Watch(harness.Region, harness.Instance(""), harness.Numbered("job", c.jobs), nil, nil)
			setup := target.Setup{Rules: target.Rules{Interval: c.interval}, Accounts: []target.Account{account}}
			var out bytes.Buffer
			if err := check.Config(&out, func() (target.Setup, error) { return setup, nil }); err != nil {
				t.Fatal(err)
			}
			for _, want := range c.want {
				if !strings.Contains(out.String(), want) {
					t.Errorf("no %q in:\n%s", want, &out)
				}
			}
		})
	}
	t.Run("an invalid file", func(t *testing.T) {
		bad := errors.New("invalid")
		var out bytes.Buffer
		if err := check.Config(&out, func() (target.Setup, error) { return target.Setup{}, bad }); !errors.Is(err, bad) || out.Len() > 0 {
			t.Errorf("error %v, output %s", err, &out)
		}
	})
}

// The check reports problems and their cures, and no secret.
func TestCheckLive(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*harness.Harness)
		table  string
		cure   string // "": there is no problem
	}{
		"no problem": {func(*harness.Harness) {}, "production  (public)  QueryOTAJob  job job-0000  ok", ""},
		"the key is unknown": {func(h *harness.Harness) { h.Account().Credentials.AccessKeyID = "other" },
			"auth InvalidAccessKeyId.NotFound", "and its secret to a key that is active in RAM"},
		"the secret is wrong": {func(h *harness.Harness) { h.Account().Credentials.AccessKeySecret = "Rb2mLx9cYgPd5u" },
			"auth SignatureDoesNotMatch", "The access key secret does not belong to the access key ID."},
		"the clock is off": {func(h *harness.Harness) { h.Fail("InvalidTimeStamp.Expired") },
			"auth InvalidTimeStamp.Expired", "The clock of this machine is more than 15 minutes off."},
		"the token has expired": {func(h *harness.Harness) { h.Fail("InvalidSecurityToken.Expired") },
			"auth InvalidSecurityToken.Expired", "The STS token has expired"},
		"a RAM action is missing": {func(h *harness.Harness) { h.Fail("Forbidden.RAM") },
			"permission Forbidden.RAM", "Grant the RAM action iot:QueryOTAJob on resource *."},
		"the bill is overdue": {func(h *harness.Harness) { h.Fail("Iot.system.BillIsOverDue") },
			"permission Iot.system.BillIsOverDue", "A bill of the account is overdue."},
		"the instance is wrong": {func(h *harness.Harness) { h.Account().Targets[0].Instance.ID = "iot-other" },
			"invalid iot.system.InstanceNotFound", "The account does not have instance iot-other in this region."},
		"the job does not exist": {func(h *harness.Harness) { h.Account().Targets[0].JobID = "nobody" },
			"not_found iot.firmware.InvalidOTAJobId", "The API does not find job nobody in the public instance."},
		"others use up the budget": {func(h *harness.Harness) { h.Fail("Throttling.User") },
			"throttled Throttling.User", "more than 10 requests a second of QueryOTAJob"},
		"The API itself fails": {func(h *harness.Harness) { h.Fail("ServiceUnavailable") },
			"server ServiceUnavailable", "The API itself fails"},
		"nobody answers": {func(h *harness.Harness) { h.RefuseConnections(true) },
			"transport", "The host name of http://iot.cn-shanghai.aliyuncs.com has no address."},
	} {
		t.Run(name, func(t *testing.T) {
			harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
				h.ConfigureRunning(1)
				c.change(h)
				out, err := h.CheckLive()
				if (err == nil) != (c.cure == "") {
					t.Errorf("error %v", err)
				}
				for _, want := range []string{c.table, c.cure} {
					if !strings.Contains(out, want) {
						t.Errorf("no %q in:\n%s", want, out)
					}
				}
				if strings.Contains(out, h.Account().Credentials.AccessKeySecret) {
					t.Errorf("a secret is in:\n%s", out)
				}
			})
		})
	}
}

// The output contains no characters that control a terminal, even if an endpoint sends them in
// errors or IDs.
func TestCheckLiveEscapesControlCharacters(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		const hostile = "x\x1b]0;evil\x07\x1b[2J\r\n\ty\u009b2J\x00\u202ez\u2069"
		b := harness.Ordinary(time.Now())
		b.JobID, b.FirmwareID = hostile, "fw-1"
		h.Put(b)
		h.Discover(nil, []string{"fw-1"})
		h.Sim.Inject(gateway.Fault{Operation: aliyun.OpQueryOTAJob, Code: "iot." + hostile, Message: hostile})
		out, err := h.CheckLive()
		if err == nil || !strings.Contains(out, `server iot.x\u001b]0;evil`) {
			t.Errorf("error %v, want the code in\n%s", err, out)
		}
		if strings.ContainsFunc(strings.ReplaceAll(out, "\n", ""), printable.Unsafe) {
			t.Errorf("%+q contains an unsafe character", out)
		}
	})
}
