package collector_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
)

// failures are what can go wrong with a poll, and how it shows.
var failures = map[string]struct {
	fault simulator.Fault
	class aliyun.Class
	code  string
}{
	"over the budget":                  {simulator.Fault{Code: "Throttling.User"}, aliyun.ClassThrottled, "Throttling.User"},
	"over the budget, without a code":  {simulator.Fault{Kind: simulator.Empty, Status: http.StatusTooManyRequests}, aliyun.ClassThrottled, ""},
	"a key that is not there":          {simulator.Fault{Code: "InvalidAccessKeyId.NotFound"}, aliyun.ClassAuth, "InvalidAccessKeyId.NotFound"},
	"a clock that is wrong":            {simulator.Fault{Code: "InvalidTimeStamp.Expired"}, aliyun.ClassAuth, "InvalidTimeStamp.Expired"},
	"a RAM action that is missing":     {simulator.Fault{Code: "Forbidden.RAM"}, aliyun.ClassPermission, "Forbidden.RAM"},
	"a bill that is overdue":           {simulator.Fault{Code: "Iot.system.BillIsOverDue"}, aliyun.ClassPermission, "Iot.system.BillIsOverDue"},
	"a batch that is gone":             {simulator.Fault{Code: "iot.firmware.InvalidOTAJobId"}, aliyun.ClassNotFound, "iot.firmware.InvalidOTAJobId"},
	"the wrong instance":               {simulator.Fault{Code: "iot.Sre.IotInstanceNotFound"}, aliyun.ClassInvalid, "iot.Sre.IotInstanceNotFound"},
	"a trouble of Alibaba's":           {simulator.Fault{Code: "iot.system.SystemException"}, aliyun.ClassServer, "iot.system.SystemException"},
	"a code that nobody knows":         {simulator.Fault{Code: "iot.new.Thing"}, aliyun.ClassServer, "iot.new.Thing"},
	"a proxy that has lost the server": {simulator.Fault{Kind: simulator.HTML}, aliyun.ClassServer, ""},
	"no answer":                        {simulator.Fault{Kind: simulator.Hang}, aliyun.ClassTimeout, ""},
	"an answer that comes too late":    {simulator.Fault{Latency: 11 * time.Second}, aliyun.ClassTimeout, ""},
	"a connection that is reset":       {simulator.Fault{Kind: simulator.Reset}, aliyun.ClassTransport, ""},
	"an answer that is cut off":        {simulator.Fault{Kind: simulator.Truncate}, aliyun.ClassDecode, ""},
	"an answer that is garbage":        {simulator.Fault{Kind: simulator.Garbage}, aliyun.ClassDecode, ""},
	"an answer that is empty":          {simulator.Fault{Kind: simulator.Empty}, aliyun.ClassDecode, ""},
	"an answer that is too large":      {simulator.Fault{Kind: simulator.Huge, Size: 2 << 20}, aliyun.ClassDecode, ""},
	"a portal that redirects":          {simulator.Fault{Kind: simulator.Redirect, Location: "http://portal/"}, aliyun.ClassDecode, ""},
}

func TestFailureAfterSuccess(t *testing.T) {
	for name, c := range failures {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHarness(t)
				h.add(ordinary(time.Now()))
				before := h.jobs()

				mend := h.sim.Inject(c.fault)
				h.pass(30 * time.Second)
				during := h.jobs()
				checkExposition(t, during)
				if c.class == aliyun.ClassNotFound {
					if strings.Contains(during, "job_info") {
						t.Errorf("a batch that is gone still shows its facts:\n%s", during)
					}
				} else if diff := cmp.Diff(withoutPoll(before), withoutPoll(during)); diff != "" {
					t.Errorf("what was known has changed (-before +during):\n%s", diff)
				}
				checkLine(t, during, "job_poll_success", "", "0")
				checkLine(t, during, "job_last_success_timestamp_seconds", "", "9.466848e+08")
				checkLine(t, during, "job_poll_error_info", fmt.Sprintf(",class=%q,code=%q", c.class, c.code), "1")

				mend()
				h.pass(5 * time.Minute)
				after := h.jobs()
				if diff := cmp.Diff(withoutPoll(before), withoutPoll(after)); diff != "" {
					t.Errorf("what is known has changed (-before +after):\n%s", diff)
				}
				checkLine(t, after, "job_poll_success", "", "1")
				if strings.Contains(after, "job_poll_error_info") {
					t.Errorf("the error stays after a poll that succeeded:\n%s", after)
				}
				failed, recovered := strings.Count(h.logs.String(), "polling the batch fails"), strings.Count(h.logs.String(), "works again")
				want := 1
				if c.class == aliyun.ClassThrottled {
					want = 0 // the account's, and told once for all batches
					if !strings.Contains(h.logs.String(), "the API throttles") {
						t.Errorf("nothing about the throttle:\n%s", h.logs.String())
					}
				}
				if failed != want || recovered != want {
					t.Errorf("%d lines about the failure and %d about its end, want %d each:\n%s", failed, recovered, want, h.logs.String())
				}
			})
		})
	}
}

func TestEveryClassHasAFailure(t *testing.T) {
	var have []aliyun.Class
	for _, c := range failures {
		have = append(have, c.class)
	}
	for _, class := range aliyun.Classes {
		if !slices.Contains(have, class) {
			t.Errorf("class %s: no case", class)
		}
	}
}

// checkLine wants one sample of a metric of the batch, with these labels beside
// account and job_id.
func checkLine(t *testing.T, text, metric, labels, value string) {
	t.Helper()
	sample := "aliyun_iot_ota_" + metric + `{account="production",job_id="` + jobID + `"`
	if n := strings.Count(text, "\n"+sample); n != 1 {
		t.Errorf("%d samples of %s, want 1:\n%s", n, metric, text)
	}
	if want := "\n" + sample + labels + "} " + value + "\n"; !strings.Contains(text, want) {
		t.Errorf("want%sin:\n%s", want, text)
	}
}

// withoutPoll leaves out what is about polling.
func withoutPoll(text string) string {
	var kept strings.Builder
	for line := range strings.Lines(text) {
		if !strings.Contains(line, "aliyun_iot_ota_job_poll_") && !strings.Contains(line, "aliyun_iot_ota_job_last_") {
			kept.WriteString(line)
		}
	}
	return kept.String()
}
