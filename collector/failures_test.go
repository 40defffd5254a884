package collector_test

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
)

// While a batch fails, what is known of it stays and grows old, and the failure
// shows in /metrics and once in the log; after the end of the fault it is gone.
func TestFailureAfterSuccess(t *testing.T) {
	for name, c := range typicalFaults {
		t.Run(name, func(t *testing.T) {
			simulated(t, func(t *testing.T, h *harness) {
				h.add(ordinary(time.Now()))
				before := h.jobs()

				mend := h.sim.Inject(c.Fault)
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
				checkLine(t, during, "job_last_success_timestamp_seconds", "", "9.466848e+08") // when the bubble began
				checkLine(t, during, "job_poll_error_info", fmt.Sprintf(",class=%q,code=%q", c.class, c.Code), "1")

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

// However many entries of a list cannot be read, and however often, the log has one
// line about it.
func TestUnreadableListIsToldOnce(t *testing.T) {
	simulated(t, func(t *testing.T, h *harness) {
		b := ordinary(time.Now())
		b.Override = map[string]any{"Tags": map[string]any{"OtaTagDTO": make([]int, 1000)}}
		h.add(b)
		h.pass(time.Minute)
		if n := strings.Count(h.logs.String(), "cannot be read"); n != 1 || !strings.Contains(h.logs.String(), "field=Data.Tags[]") {
			t.Errorf("told %d times:\n%.2000s", n, h.logs.String())
		}
	})
}

// The log tells when the way to the endpoint fails in another manner, which has no code
// and the same class: who looks there mends the one that is.
func TestAnotherCauseIsLogged(t *testing.T) {
	simulated(t, func(t *testing.T, h *harness) {
		h.configureRunning(1)
		for _, err := range []error{syscall.ECONNREFUSED, &net.DNSError{Err: "no such host", Name: "endpoint"}} {
			h.dial = func(context.Context, string, string) (net.Conn, error) {
				return nil, &net.OpError{Op: "dial", Net: "tcp", Err: err}
			}
			h.apply()
			h.pass(2 * time.Minute)
		}
		for _, want := range []string{"connection refused", "no such host"} {
			if n := strings.Count(h.logs.String(), want); n != 1 {
				t.Errorf("%q is told %d times:\n%s", want, n, h.logs.String())
			}
		}
	})
}
