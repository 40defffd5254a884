package poll_test

import (
	"context"
	"fmt"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
)

// While polling a batch fails, what is known of it stays and ages, and the failure shows in
// /metrics and once in the log. After the end of the fault it no longer shows.
func TestFailureAfterSuccess(t *testing.T) {
	for name, c := range typicalFaults {
		t.Run(name, func(t *testing.T) {
			harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
				h.Add(harness.Ordinary(time.Now()))
				before := h.Jobs()

				mend := h.Sim.Inject(c.Fault)
				h.Pass(30 * time.Second)
				during := h.Jobs()
				harness.CheckExposition(t, during)
				if c.class == aliyun.ClassNotFound {
					if strings.Contains(during, "job_info") {
						t.Errorf("a batch that is gone still shows its facts:\n%s", during)
					}
				} else if diff := cmp.Diff(harness.WithoutPoll(before), harness.WithoutPoll(during)); diff != "" {
					t.Errorf("what was known has changed (-before +during):\n%s", diff)
				}
				harness.CheckLine(t, during, "job_poll_success", "", "0")
				harness.CheckLine(t, during, "job_last_success_timestamp_seconds", "", "9.466848e+08") // when the bubble began
				harness.CheckLine(t, during, "job_poll_error_info", fmt.Sprintf(",class=%q,code=%q", c.class, c.Code), "1")

				mend()
				h.Pass(5 * time.Minute)
				after := h.Jobs()
				if diff := cmp.Diff(harness.WithoutPoll(before), harness.WithoutPoll(after)); diff != "" {
					t.Errorf("what is known has changed (-before +after):\n%s", diff)
				}
				harness.CheckLine(t, after, "job_poll_success", "", "1")
				if strings.Contains(after, "job_poll_error_info") {
					t.Errorf("the error stays after a poll that succeeded:\n%s", after)
				}
				failed, recovered := strings.Count(h.Logs.String(), "polling the batch fails"), strings.Count(h.Logs.String(), "works again")
				want := 1
				if c.class == aliyun.ClassThrottled {
					want = 0 // the account's, and logged once for all batches
					if !strings.Contains(h.Logs.String(), "the API throttles") {
						t.Errorf("nothing about the throttle:\n%s", h.Logs.String())
					}
				}
				if failed != want || recovered != want {
					t.Errorf("%d lines about the failure and %d about its end, want %d each:\n%s", failed, recovered, want, h.Logs.String())
				}
			})
		})
	}
}

// The log has one line about unreadable entries of a list, however many there are and
// however often it is read.
func TestUnreadableListIsLoggedOnce(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		b := harness.Ordinary(time.Now())
		b.Override = map[string]any{"Tags": map[string]any{"OtaTagDTO": make([]int, 1000)}}
		h.Add(b)
		h.Pass(time.Minute)
		if n := strings.Count(h.Logs.String(), "cannot be read"); n != 1 || !strings.Contains(h.Logs.String(), "field=Data.Tags[]") {
			t.Errorf("logged %d times:\n%.2000s", n, h.Logs.String())
		}
	})
}

// The log has a new line when the cause of a failure changes, even if class and code stay
// the same.
func TestAnotherCauseIsLogged(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		h.ConfigureRunning(1)
		for _, err := range []error{syscall.ECONNREFUSED, &net.DNSError{Err: "no such host", Name: "endpoint"}} {
			h.DialBy(func(harness.Dial) harness.Dial {
				return func(context.Context, string, string) (net.Conn, error) {
					return nil, &net.OpError{Op: "dial", Net: "tcp", Err: err}
				}
			})
			h.Apply()
			h.Pass(2 * time.Minute)
		}
		for _, want := range []string{"connection refused", "no such host"} {
			if n := strings.Count(h.Logs.String(), want); n != 1 {
				t.Errorf("%q is logged %d times:\n%s", want, n, h.Logs.String())
			}
		}
	})
}
