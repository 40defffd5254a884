package poll_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
)

// A fault of every call shows in its class. Meanwhile the exporter serves what it
// knew and makes few calls; all batches are polled well one interval after the end.
func TestFaultsOfEverything(t *testing.T) {
	const jobs = 40
	for name, c := range map[string]struct {
		begin func(h *harness.Harness) (end func())
		class aliyun.Class
	}{
		"the host name is gone": {func(h *harness.Harness) func() {
			h.RefuseConnections(true)
			return func() { h.RefuseConnections(false) }
		}, aliyun.ClassTransport},
		"connections are reset":        {func(h *harness.Harness) func() { return h.Sim.Inject(gateway.Fault{Kind: gateway.Reset}) }, aliyun.ClassTransport},
		"every call hangs":             {func(h *harness.Harness) func() { return h.Sim.Inject(gateway.Fault{Kind: gateway.Hang}) }, aliyun.ClassTimeout},
		"the clock is 20 minutes off":  {func(h *harness.Harness) func() { return h.Fail("InvalidTimeStamp.Expired") }, aliyun.ClassAuth},
		"the key is disabled":          {func(h *harness.Harness) func() { return h.Fail("InvalidAccessKeyId.Inactive") }, aliyun.ClassAuth},
		"the RAM action is taken away": {func(h *harness.Harness) func() { return h.Fail("Forbidden.RAM") }, aliyun.ClassPermission},
		"the STS token expires and is renewed": {func(h *harness.Harness) func() {
			h.Accept(withToken("token-2"))
			return func() { writeToken(h, "token-2\n") }
		}, aliyun.ClassAuth},
	} {
		t.Run(name, func(t *testing.T) {
			harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
				h.ConfigureRunning(jobs)
				h.Account().Credentials.SecurityTokenFile = filepath.Join(t.TempDir(), "token")
				writeToken(h, "token-1")
				h.Accept(withToken("token-1"))
				h.Apply()
				h.Pass(time.Minute)
				if n := h.Samples("job_poll_success", "} 1"); n != jobs {
					t.Fatalf("%d of %d batches polled well before the fault", n, jobs)
				}

				end := c.begin(h)
				h.Pass(time.Minute) // batches begin to fail
				before := h.Calls(aliyun.OpQueryOTAJob)
				h.Pass(time.Hour)
				if n := h.Samples("job_poll_error_info", `class="`+string(c.class)+`"`); n == 0 {
					t.Errorf("no batch shows class %s:\n%s", c.class, h.Jobs())
				}
				if n := h.Samples("job_status", `status="IN_PROGRESS"} 1`); n != jobs {
					t.Errorf("%d of %d batches still have their last known status", n, jobs)
				}
				if n := h.Calls(aliyun.OpQueryOTAJob) - before; n > 3600/15+1 {
					t.Errorf("%d calls in an hour in which all failed, want one an interval", n)
				}

				end()
				recovery := h.Setup.Rules.Interval + 10*time.Second + jobs*105*time.Millisecond // an interval, a call that still hangs, one round
				h.Pass(recovery)
				if n := h.Samples("job_poll_success", "} 1"); n != jobs {
					t.Errorf("%d of %d batches polled well %v after the end of the fault", n, jobs, recovery)
				}
			})
		})
	}
}

// withToken is the key of an STS session.
func withToken(token string) gateway.Key {
	key := harness.OwnKey
	key.Token = token
	return key
}

// writeToken writes the file that the exporter reads its token from.
func writeToken(h *harness.Harness, text string) {
	h.T.Helper()
	if err := os.WriteFile(h.Account().Credentials.SecurityTokenFile, []byte(text), 0o600); err != nil {
		h.T.Fatal(err)
	}
}
