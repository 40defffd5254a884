package collector_test

import (
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector"
)

// inProgress adds n batches that stay IN_PROGRESS, and does not poll them yet.
func (h *harness) inProgress(n int) {
	for _, t := range targets(n) {
		h.sim.AddBatch(simulator.Batch{Account: "main", JobID: t.JobID, FirmwareID: "fw-1", Status: "IN_PROGRESS", Start: time.Now()})
		t.Instance.URL = "http://iot.cn-shanghai.aliyuncs.com"
		h.setup.Accounts[0].Targets = append(h.setup.Accounts[0].Targets, t)
	}
}

// fail lets every call fail with this code, until the returned function is
// called.
func (h *harness) fail(code string) (mend func()) {
	return h.sim.Inject(simulator.Fault{Code: code})
}

// refuseConnections makes the endpoint unreachable; open ones are closed.
func (h *harness) refuseConnections(on bool) {
	err := error(nil)
	if on {
		err = &net.DNSError{Err: "no such host", Name: "iot.cn-shanghai.aliyuncs.com", IsNotFound: true}
		h.transport.CloseIdleConnections()
	}
	h.unreachable.Store(&err)
}

// samples counts the lines of /metrics that hold all of these texts.
func (h *harness) samples(texts ...string) int {
	n := 0
lines:
	for line := range strings.Lines(h.scrape()) {
		for _, text := range texts {
			if !strings.Contains(line, text) {
				continue lines
			}
		}
		n++
	}
	return n
}

// A fault of everything shows in its class; the process serves, keeps what it
// knew, costs little, and is over one interval after its end.
func TestFaultsOfEverything(t *testing.T) {
	const jobs = 40
	for name, c := range map[string]struct {
		begin func(h *harness) (end func())
		class string
	}{
		"the host name is gone": {func(h *harness) func() {
			h.refuseConnections(true)
			return func() { h.refuseConnections(false) }
		}, "transport"},
		"connections are reset":        {func(h *harness) func() { return h.sim.Inject(simulator.Fault{Kind: simulator.Reset}) }, "transport"},
		"every call hangs":             {func(h *harness) func() { return h.sim.Inject(simulator.Fault{Kind: simulator.Hang}) }, "timeout"},
		"the clock is 20 minutes off":  {func(h *harness) func() { return h.fail("InvalidTimeStamp.Expired") }, "auth"},
		"the key is disabled":          {func(h *harness) func() { return h.fail("InvalidAccessKeyId.Inactive") }, "auth"},
		"the RAM action is taken away": {func(h *harness) func() { return h.fail("Forbidden.RAM") }, "permission"},
		"the STS token expires and is renewed": {func(h *harness) func() {
			h.setToken("token-2")
			return func() {
				if err := os.WriteFile(h.setup.Accounts[0].Credentials.SecurityTokenFile, []byte("token-2\n"), 0o600); err != nil {
					h.t.Fatal(err)
				}
			}
		}, "auth"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHarness(t)
				h.inProgress(jobs)
				file := filepath.Join(t.TempDir(), "token")
				if err := os.WriteFile(file, []byte("token-1"), 0o600); err != nil {
					t.Fatal(err)
				}
				h.setup.Accounts[0].Credentials.SecurityTokenFile = file
				h.setToken("token-1")
				h.apply()
				h.pass(time.Minute)
				if n := h.samples("job_poll_success", "} 1"); n != jobs {
					t.Fatalf("%d of %d batches polled well before the fault", n, jobs)
				}

				end := c.begin(h)
				h.pass(time.Minute) // batches begin to fail
				calls := h.sim.Calls("main", "QueryOTAJob")
				h.pass(time.Hour)
				if n := h.samples("job_poll_error_info", `class="`+c.class+`"`); n == 0 {
					t.Errorf("no batch shows class %s:\n%s", c.class, h.jobs())
				}
				if n := h.samples("job_status", `status="IN_PROGRESS"} 1`); n != jobs {
					t.Errorf("%d of %d batches still have their last known status", n, jobs)
				}
				if after := h.sim.Calls("main", "QueryOTAJob"); total(after)-total(calls) > 3600/15+1 {
					t.Errorf("%d calls in an hour in which all failed, want one an interval", total(after)-total(calls))
				}

				end()
				recovered := time.Now()
				h.pass(h.setup.Rules.Interval + 10*time.Second + jobs*105*time.Millisecond) // an interval, a call that still hangs, one round
				if n := h.samples("job_poll_success", "} 1"); n != jobs {
					t.Errorf("%d of %d batches polled well %v after the end of the fault", n, jobs, time.Since(recovered))
				}
			})
		})
	}
}

func total(c simulator.Calls) int {
	n := c.Accepted + c.Throttled
	for _, other := range c.Other {
		n += other
	}
	return n
}

// setToken makes this the only token that the API takes.
func (h *harness) setToken(token string) {
	h.sim.AddAccount(simulator.Account{Name: "main", Keys: []simulator.Key{{ID: "id", Secret: "secret", Token: token}}})
}

// A rival that takes half of the quota gets it; we keep most of the rest with
// few rejections, and have all of it again within a minute of its end.
func TestThrottledByARival(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		var rival atomic.Int64
		rival.Store(5)
		h.sim.AddAccount(simulator.Account{Name: "main", Keys: []simulator.Key{{ID: "id", Secret: "secret"}}, Rival: func(time.Time) int { return int(rival.Load()) }})
		h.sim.Inject(simulator.Fault{Latency: 50 * time.Millisecond})
		h.inProgress(1000)
		h.apply()
		h.pass(time.Hour)
		c := h.sim.Calls("main", "QueryOTAJob")
		kept := float64(c.Accepted) / 3600 / 10
		rejected := float64(c.Throttled) / float64(total(c))
		t.Logf("kept %.1f %% of the quota, %.1f %% of the calls rejected", 100*kept, 100*rejected)
		if kept < 0.40 {
			t.Errorf("%.1f %% of the quota kept, want 40", 100*kept)
		}
		if rejected > 0.05 {
			t.Errorf("%.1f %% of the calls rejected, want at most 5", 100*rejected)
		}
		if h.samples("api_slots_parked", "} 0") > 0 {
			t.Error("no slot is parked")
		}

		rival.Store(0)
		h.pass(time.Minute)
		before := h.sim.Calls("main", "QueryOTAJob")
		h.pass(time.Minute)
		after := h.sim.Calls("main", "QueryOTAJob")
		full := 60 * 10 / 1.05
		t.Logf("%.1f %% of the full rate a minute after the rival's end", 100*float64(after.Accepted-before.Accepted)/full)
		if got := float64(after.Accepted - before.Accepted); got < 0.98*full {
			t.Errorf("%.0f calls in the second minute after the rival's end, want %.0f", got, full)
		}
	})
}

func TestTwoExportersOnOneAccount(t *testing.T) {
	collector.SkipUnderRace(t, "TestThrottledByARival takes the same way")
	for name, c := range map[string]struct {
		latency func() time.Duration
		least   float64 // share of the smaller one
	}{
		"always 50 ms": {func() time.Duration { return 50 * time.Millisecond }, 0.4},
		"10 to 300 ms": {func() time.Duration { return 10*time.Millisecond + rand.N(290*time.Millisecond) }, 0.4},
		// Where no network stands between, who has a place gets it again
		// nearly always, and the shares move slowly.
		"none": {func() time.Duration { return 0 }, 0.25},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				first, second := newHarness(t), newHarness(t)
				first.sim.AddAccount(simulator.Account{Name: "main", Keys: []simulator.Key{{ID: "id", Secret: "secret"}, {ID: "id-2", Secret: "secret"}}})
				first.sim.Inject(simulator.Fault{LatencyFunc: c.latency})
				second.redirectTo(first)
				second.setup.Accounts[0].Credentials.AccessKeyID = "id-2"
				first.inProgress(1000)
				second.inProgress(1000)
				first.apply()
				first.pass(time.Minute) // the second one finds the budget used up
				second.apply()
				first.pass(10 * time.Minute)
				mine, theirs := first.successes(), second.successes()
				first.pass(30 * time.Minute)
				mine, theirs = first.successes()-mine, second.successes()-theirs
				share := mine / (mine + theirs)
				t.Logf("shares %.1f : %.1f, together %.1f %% of the quota", 100*share, 100*(1-share), (mine+theirs)/18000*100)
				if min(share, 1-share) < c.least {
					t.Errorf("the shares settled at %.1f : %.1f", 100*share, 100*(1-share))
				}
			})
		})
	}
}

// redirectTo lets this harness talk to the simulator of another one.
func (h *harness) redirectTo(other *harness) { h.sim, h.dial = other.sim, other.dial }

// successes are the calls of this exporter that were answered.
func (h *harness) successes() float64 {
	return h.value(`api_requests_total{account="production",operation="QueryOTAJob",result="success"}`)
}

// value is that of the sample whose line holds a text.
func (h *harness) value(text string) float64 {
	h.t.Helper()
	line := lineOf(h.scrape(), text)
	v, err := strconv.ParseFloat(strings.TrimSpace(line[strings.LastIndex(line, " ")+1:]), 64)
	if err != nil {
		h.t.Fatalf("no sample %s: %v", text, err)
	}
	return v
}
