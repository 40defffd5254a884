package collector_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
)

// A fault of every call shows in its class. Meanwhile the exporter serves what it
// knew and makes few calls; all batches are polled well one interval after the end.
func TestFaultsOfEverything(t *testing.T) {
	const jobs = 40
	for name, c := range map[string]struct {
		begin func(h *harness) (end func())
		class aliyun.Class
	}{
		"the host name is gone": {func(h *harness) func() {
			h.refuseConnections(true)
			return func() { h.refuseConnections(false) }
		}, aliyun.ClassTransport},
		"connections are reset":        {func(h *harness) func() { return h.sim.Inject(simulator.Fault{Kind: simulator.Reset}) }, aliyun.ClassTransport},
		"every call hangs":             {func(h *harness) func() { return h.sim.Inject(simulator.Fault{Kind: simulator.Hang}) }, aliyun.ClassTimeout},
		"the clock is 20 minutes off":  {func(h *harness) func() { return h.fail("InvalidTimeStamp.Expired") }, aliyun.ClassAuth},
		"the key is disabled":          {func(h *harness) func() { return h.fail("InvalidAccessKeyId.Inactive") }, aliyun.ClassAuth},
		"the RAM action is taken away": {func(h *harness) func() { return h.fail("Forbidden.RAM") }, aliyun.ClassPermission},
		"the STS token expires and is renewed": {func(h *harness) func() {
			h.accept(withToken("token-2"))
			return func() { h.writeToken("token-2\n") }
		}, aliyun.ClassAuth},
	} {
		t.Run(name, func(t *testing.T) {
			simulated(t, func(t *testing.T, h *harness) {
				h.configureRunning(jobs)
				h.account().Credentials.SecurityTokenFile = filepath.Join(t.TempDir(), "token")
				h.writeToken("token-1")
				h.accept(withToken("token-1"))
				h.apply()
				h.pass(time.Minute)
				if n := h.samples("job_poll_success", "} 1"); n != jobs {
					t.Fatalf("%d of %d batches polled well before the fault", n, jobs)
				}

				end := c.begin(h)
				h.pass(time.Minute) // batches begin to fail
				before := h.calls(aliyun.OpQueryOTAJob)
				h.pass(time.Hour)
				if n := h.samples("job_poll_error_info", `class="`+string(c.class)+`"`); n == 0 {
					t.Errorf("no batch shows class %s:\n%s", c.class, h.jobs())
				}
				if n := h.samples("job_status", `status="IN_PROGRESS"} 1`); n != jobs {
					t.Errorf("%d of %d batches still have their last known status", n, jobs)
				}
				if n := h.calls(aliyun.OpQueryOTAJob) - before; n > 3600/15+1 {
					t.Errorf("%d calls in an hour in which all failed, want one an interval", n)
				}

				end()
				recovery := h.setup.Rules.Interval + 10*time.Second + jobs*105*time.Millisecond // an interval, a call that still hangs, one round
				h.pass(recovery)
				if n := h.samples("job_poll_success", "} 1"); n != jobs {
					t.Errorf("%d of %d batches polled well %v after the end of the fault", n, jobs, recovery)
				}
			})
		})
	}
}

// withToken is the key of an STS session.
func withToken(token string) simulator.Key {
	key := ownKey
	key.Token = token
	return key
}

// writeToken writes the file that the exporter reads its token from.
func (h *harness) writeToken(text string) {
	h.t.Helper()
	if err := os.WriteFile(h.account().Credentials.SecurityTokenFile, []byte(text), 0o600); err != nil {
		h.t.Fatal(err)
	}
}
