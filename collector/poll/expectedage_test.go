package poll_test

import (
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
)

// expected_poll_age_seconds is a bound that holds and is tight: the data never gets older,
// but nearly as old.
func TestExpectedPollAgeHolds(t *testing.T) {
	for name, c := range map[string]struct {
		jobs, rate int
		latency    time.Duration
	}{
		"the interval decides":        {20, 10, 50 * time.Millisecond},
		"the budget decides":          {180, 3, 50 * time.Millisecond},
		"a slow API decides":          {200, 5, 2 * time.Second},
		"one slot for a hundred jobs": {100, 1, 200 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
				h.Sim.Inject(gateway.Fault{Latency: c.latency})
				h.Account().RequestsPerSecond = c.rate
				h.ConfigureRunning(c.jobs)
				h.Apply()
				h.Pass(5 * time.Minute) // more than two rounds
				expected := h.Value(`expected_poll_age_seconds{account="production"}`)
				worst := h.WorstAge(200, 1700*time.Millisecond, nil).Seconds()
				t.Logf("expected %.1f s, worst age %.1f s", expected, worst)
				if worst > expected {
					t.Errorf("the data is up to %.1f s old, %.1f s were expected", worst, expected)
				}
				if expected > 1.15*worst+2 {
					t.Errorf("%.1f s were expected, but %.1f s are the worst: the bound is not tight", expected, worst)
				}
			})
		})
	}
}

// Slots that wait for unanswered requests are away, so expected_poll_age_seconds is larger
// until they are back.
func TestExpectedPollAgeAfterAStall(t *testing.T) {
	for _, timeout := range []time.Duration{10 * time.Second, time.Minute} {
		t.Run(timeout.String(), func(t *testing.T) {
			harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
				const expectedAge = `expected_poll_age_seconds{account="production"}`
				network := h.StallNetwork()
				h.Account().Timeout = timeout
				h.ConfigureRunning(200)
				h.Apply()
				h.Pass(time.Minute)
				before := h.Value(expectedAge)
				flow := network.Stall()
				h.Pass(timeout + 2*time.Second) // all of the calls have ended without an answer
				flow()
				// The first slot comes back twice the timeout and a second after its request was sent.
				if got, least := h.Value(expectedAge), before+(timeout+time.Second).Seconds(); got < least {
					t.Errorf("after the stall %.1f s are expected, want more than %.1f", got, least)
				}
				h.Pass(timeout + 2*time.Minute)
				if after := h.Value(expectedAge); after > before+0.1 {
					t.Errorf("long after the stall %.1f s are expected, before it %.1f", after, before)
				}
			})
		})
	}
}
