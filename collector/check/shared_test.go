package check_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/check"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// The check gives up on an instance after failures that all of its IDs share. It continues with
// other instances.
func TestCheckLiveGivesUpOnSharedFailures(t *testing.T) {
	for name, c := range map[string]struct {
		prepare func(h *harness.Harness)
		calls   int // of QueryOTAJob
		want    []string
	}{
		"a wrong key": {func(h *harness.Harness) { h.Account().Credentials.AccessKeySecret = "other" }, 40,
			[]string{"200 jobs   20 failed, 180 not checked", "50 jobs    20 failed, 30 not checked", "secret does not belong", "After these failures, 210 more IDs were not checked"}},
		"an instance of an unknown region": {func(h *harness.Harness) {
			h.DialBy(func(dial harness.Dial) harness.Dial {
				return func(ctx context.Context, network, address string) (net.Conn, error) {
					if strings.HasPrefix(address, "iot.cn-nowhere") {
						return nil, errors.New("no such host")
					}
					return dial(ctx, network, address)
				}
			})
			for i := range 200 {
				h.Account().Targets[i].Instance.URL = "http://iot.cn-nowhere.aliyuncs.com"
			}
		}, 50, []string{"200 jobs   20 failed, 180 not checked", "50 jobs    50 ok", "After these failures, 180 more IDs were not checked"}},
		"a short failure of the network": {func(h *harness.Harness) {
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
					t.Errorf("IDs are listed for a shared failure, in:\n%s", out)
				}
				if n := strings.Count(out, "\n  The first "); n != 1 {
					t.Errorf("%d cures, want one, in:\n%s", n, out)
				}
				if got := h.Calls(aliyun.OpQueryOTAJob); got != c.calls {
					t.Errorf("%d calls, want %d", got, c.calls)
				}
			})
		})
	}
}

// A throttled ID is tried again. Throttling is reported only if it persists.
func TestCheckLiveOfAThrottledAccount(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		h.ConfigureRunning(30)
		h.Sim.Inject(gateway.Fault{Operation: aliyun.OpQueryOTAJob, Code: "Throttling.User", Count: 4})
		out, err := h.CheckLive()
		if want := "30 jobs  30 ok"; err != nil || !strings.Contains(out, want) || h.Calls(aliyun.OpQueryOTAJob) != 34 {
			t.Errorf("error %v, %d calls, want %s in:\n%s", err, h.Calls(aliyun.OpQueryOTAJob), want, out)
		}
	})
}

// If everything is throttled, the check gives up after a limited time.
func TestCheckLiveWhereEverythingIsThrottled(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		h.ConfigureRunning(1000)
		h.Put(fleet.Batch{InstanceID: "iot-2", JobID: "second"})
		h.Account().Watch(harness.Region, harness.Instance("iot-2"), []string{"second"}, nil, nil)
		h.Sim.Inject(gateway.Fault{Operation: aliyun.OpQueryOTAJob, Code: "Throttling.User"})
		start := time.Now()
		out, err := h.CheckLive()
		if d, calls := time.Since(start), h.Calls(aliyun.OpQueryOTAJob); err == nil || d > 4*time.Minute || calls > 50 {
			t.Errorf("error %v after %v and %d calls", err, d, calls)
		}
		wantInOrder(t, out, "more than 10 requests a second of QueryOTAJob", "more IDs were not checked")
	})
}

// A check that is stopped reports the results so far.
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
		if d := time.Since(start); d > 30*time.Second+200*time.Millisecond {
			t.Errorf("it continued for %v", d)
		}
		if err == nil || !strings.Contains(err.Error(), "stopped before all IDs") {
			t.Errorf("error %v", err)
		}
		wantInOrder(t, out.String(), "1001 jobs  ", " ok, 1 failed, ", " not checked", "does not find job wrong")
		if calls := h.Calls(aliyun.OpQueryOTAJob); calls < 200 || calls > 300 {
			t.Errorf("%d calls in:\n%s", calls, &out)
		}
	})
}
