package collector_test

import (
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector"
)

// Beside a rival that takes half of the quota, the exporter keeps most of the rest
// with few rejections. A minute after the rival's end it has the whole quota again.
func TestThrottledByARival(t *testing.T) {
	simulated(t, func(t *testing.T, h *harness) {
		var rival atomic.Int64
		rival.Store(5)
		h.sim.AddAccount(simulator.Account{Name: "main", Keys: []simulator.Key{ownKey}, Rival: func(time.Time) int { return int(rival.Load()) }})
		h.sim.Inject(simulator.Fault{Latency: 50 * time.Millisecond})
		h.configureRunning(1000)
		h.apply()
		const length = 20 * time.Minute
		h.pass(length)
		c := h.sim.Calls("main", aliyun.OpQueryOTAJob)
		kept := float64(c.Accepted) / length.Seconds() / 10
		rejected := float64(c.Throttled) / float64(h.calls(aliyun.OpQueryOTAJob))
		t.Logf("kept %.1f %% of the quota, %.1f %% of the calls rejected", 100*kept, 100*rejected)
		if kept < 0.40 {
			t.Errorf("%.1f %% of the quota kept, want 40", 100*kept)
		}
		if rejected > 0.05 {
			t.Errorf("%.1f %% of the calls rejected, want at most 5", 100*rejected)
		}
		if h.value("api_slots_parked{") == 0 {
			t.Error("no slot is parked")
		}

		rival.Store(0)
		h.pass(time.Minute)
		before := h.sim.Calls("main", aliyun.OpQueryOTAJob).Accepted
		h.pass(time.Minute)
		full := 60 * 10 / 1.05
		if got := float64(h.sim.Calls("main", aliyun.OpQueryOTAJob).Accepted - before); got < 0.98*full {
			t.Errorf("%.0f calls in the second minute after the rival's end, want %.0f", got, full)
		}
	})
}

// Two exporters on one account, of which the second finds the budget used up, come
// to share it.
func TestTwoExportersOnOneAccount(t *testing.T) {
	collector.SkipUnderRace(t, "TestThrottledByARival takes the same way")
	t.Parallel()
	for name, c := range map[string]struct {
		latency func() time.Duration
		least   float64       // share of the smaller one
		length  time.Duration // over which the shares are measured
	}{
		"always 50 ms": {func() time.Duration { return 50 * time.Millisecond }, 0.4, 20 * time.Minute},
		"10 to 300 ms": {func() time.Duration { return 10*time.Millisecond + rand.N(290*time.Millisecond) }, 0.4, 20 * time.Minute},
		// With no latency, a slot that has a place in the window nearly always
		// gets it again, and the shares move slowly.
		"none": {func() time.Duration { return 0 }, 0.25, 30 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			simulated(t, func(t *testing.T, first *harness) {
				second := newHarness(t)
				first.accept(ownKey, simulator.Key{ID: "id-2", Secret: ownKey.Secret})
				first.sim.Inject(simulator.Fault{LatencyFunc: c.latency})
				second.redirectTo(first)
				second.account().Credentials.AccessKeyID = "id-2"
				first.configureRunning(1000)
				second.configureRunning(1000)
				first.apply()
				first.pass(time.Minute)
				second.apply()
				first.pass(c.length / 3) // the shares settle
				answered := func(h *harness) float64 {
					return h.value(`api_requests_total{account="production",operation="QueryOTAJob",result="success"}`)
				}
				mine, theirs := answered(first), answered(second)
				first.pass(c.length)
				mine, theirs = answered(first)-mine, answered(second)-theirs
				share := mine / (mine + theirs)
				t.Logf("shares %.1f : %.1f, together %.1f %% of the quota", 100*share, 100*(1-share), (mine+theirs)/c.length.Seconds()/10*100)
				if min(share, 1-share) < c.least {
					t.Errorf("the shares settled at %.1f : %.1f", 100*share, 100*(1-share))
				}
			})
		})
	}
}

// A poll that the API throttled counts as never made: the batch keeps its place and
// is asked for again with the next free slot, not an interval later.
func TestThrottledPollIsMadeAgainAtOnce(t *testing.T) {
	simulated(t, func(t *testing.T, h *harness) {
		h.configureRunning(1)
		h.apply()
		h.pass(time.Second)
		h.sim.Inject(simulator.Fault{Code: "Throttling.User", Count: 1})
		before := h.sim.Calls("main", aliyun.OpQueryOTAJob)
		h.pass(15 * time.Second) // in which the batch is due once
		after := h.sim.Calls("main", aliyun.OpQueryOTAJob)
		if after.Throttled != before.Throttled+1 || after.Accepted != before.Accepted+1 {
			t.Errorf("%d throttled and %d answered, want 1 and 1", after.Throttled-before.Throttled, after.Accepted-before.Accepted)
		}
	})
}
