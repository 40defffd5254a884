package poll_test

import (
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/conditions"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
)

// If a rival takes half of the quota, the exporter uses most of the other half with few
// rejections. A minute after the rival stops it has the whole quota again.
func TestThrottledByARival(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		var rival atomic.Int64
		rival.Store(5)
		h.Sim.AddAccount(gateway.Account{Name: "main", Keys: []gateway.Key{harness.OwnKey}, Rival: func(time.Time) int { return int(rival.Load()) }})
		h.Sim.Inject(gateway.Fault{Latency: 50 * time.Millisecond})
		h.ConfigureRunning(1000)
		h.Apply()
		const length = 10 * time.Minute
		h.Pass(length)
		c := h.Sim.Calls("main", aliyun.OpQueryOTAJob)
		kept := float64(c.Accepted) / length.Seconds() / 10
		rejected := float64(c.Throttled) / float64(h.Calls(aliyun.OpQueryOTAJob))
		t.Logf("kept %.1f%% of the quota, %.1f%% of the calls rejected", 100*kept, 100*rejected)
		if kept < 0.40 {
			t.Errorf("%.1f%% of the quota kept, want 40", 100*kept)
		}
		if rejected > 0.05 {
			t.Errorf("%.1f%% of the calls rejected, want at most 5", 100*rejected)
		}
		if h.Value("api_slots_parked{") == 0 {
			t.Error("no slot is parked")
		}

		rival.Store(0)
		h.Pass(time.Minute)
		before := h.Sim.Calls("main", aliyun.OpQueryOTAJob).Accepted
		h.Pass(time.Minute)
		full := 60 * 10 / 1.05
		if got := float64(h.Sim.Calls("main", aliyun.OpQueryOTAJob).Accepted - before); got < 0.98*full {
			t.Errorf("%.0f calls in the second minute after the rival's end, want %.0f", got, full)
		}
	})
}

// Two exporters on one account come to share the budget, although the second one finds it
// used up.
func TestTwoExportersOnOneAccount(t *testing.T) {
	conditions.SkipUnderRace(t, "TestThrottledByARival takes the same way")
	t.Parallel()
	for name, c := range map[string]struct {
		latency func() time.Duration
		least   float64       // share of the smaller one
		length  time.Duration // over which the shares are measured
	}{
		"10 to 300 ms": {func() time.Duration { return 10*time.Millisecond + rand.N(290*time.Millisecond) }, 0.4, 8 * time.Minute},
		// With no latency, a slot that has a place in the window nearly always
		// gets it again, and the shares move slowly.
		"none": {func() time.Duration { return 0 }, 0.25, 12 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			harness.Simulated(t, func(t *testing.T, first *harness.Harness) {
				second := harness.New(t)
				first.Accept(harness.OwnKey, gateway.Key{ID: "id-2", Secret: harness.OwnKey.Secret})
				first.Sim.Inject(gateway.Fault{LatencyFunc: c.latency})
				second.RedirectTo(first)
				second.Account().Credentials.AccessKeyID = "id-2"
				first.ConfigureRunning(1000)
				second.ConfigureRunning(1000)
				first.Apply()
				first.Pass(time.Minute)
				second.Apply()
				first.Pass(c.length / 3) // the shares settle
				answered := func(h *harness.Harness) float64 {
					return h.Value(`api_requests_total{account="production",operation="QueryOTAJob",result="success"}`)
				}
				mine, theirs := answered(first), answered(second)
				first.Pass(c.length)
				mine, theirs = answered(first)-mine, answered(second)-theirs
				share := mine / (mine + theirs)
				t.Logf("shares %.1f : %.1f, together %.1f%% of the quota", 100*share, 100*(1-share), (mine+theirs)/c.length.Seconds()/10*100)
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
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		h.ConfigureRunning(1)
		h.Apply()
		h.Pass(time.Second)
		h.Sim.Inject(gateway.Fault{Code: "Throttling.User", Count: 1})
		before := h.Sim.Calls("main", aliyun.OpQueryOTAJob)
		h.Pass(15 * time.Second) // in which the batch is due once
		after := h.Sim.Calls("main", aliyun.OpQueryOTAJob)
		if after.Throttled != before.Throttled+1 || after.Accepted != before.Accepted+1 {
			t.Errorf("%d throttled and %d answered, want 1 and 1", after.Throttled-before.Throttled, after.Accepted-before.Accepted)
		}
	})
}
