package poll_test

import (
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
)

// The page says when the next poll is, and the poll is made then.
func TestNextPoll(t *testing.T) {
	for name, c := range map[string]struct {
		prepare func(h *harness.Harness)
		want    string
		then    time.Duration // until the poll is made; 0: it is not waited for
	}{
		"a running batch is asked after the interval": {
			func(h *harness.Harness) { h.Add(harness.Ordinary(time.Now())); h.Pass(5 * time.Second) },
			"in 10 s", 10 * time.Second,
		},
		"a planned one at its moment, if that comes before the heartbeat": {
			func(h *harness.Harness) {
				b := harness.Ordinary(time.Now())
				b.Schedule = time.Now().Add(40 * time.Second)
				h.Add(b)
				h.Pass(10*time.Second + 500*time.Millisecond)
			},
			"in 30 s", 30 * time.Second,
		},
		"a planned one at the heartbeat": {
			func(h *harness.Harness) {
				b := harness.Ordinary(time.Now())
				b.Schedule = time.Now().Add(time.Hour)
				h.Add(b)
				h.Pass(10 * time.Second)
			},
			"in 2 min 20 s", 140 * time.Second,
		},
		"one that has ended after a day": {
			func(h *harness.Harness) {
				b := harness.Ordinary(time.Now())
				b.Devices = fleet.Devices{}
				b.Status = aliyun.StatusCompleted
				h.Add(b)
				h.Pass(time.Hour)
			},
			"in 23 h", 23 * time.Hour,
		},
		"a listed one by the list": {
			func(h *harness.Harness) {
				h.AddByList(harness.Ordinary(time.Now()))
				h.Pass(5 * time.Second)
			},
			"in 7 s, by list", 0,
		},
		"in an outage with the next attempt": {
			func(h *harness.Harness) {
				h.Add(harness.Ordinary(time.Now()))
				h.Sim.Inject(gateway.Fault{Code: "InvalidAccessKeyId.NotFound"})
				h.Pass(19 * time.Second)
			},
			"in 11 s", 11 * time.Second,
		},
		"one whose call hangs": {
			func(h *harness.Harness) {
				h.Sim.Inject(gateway.Fault{Kind: gateway.Hang})
				h.Add(harness.Ordinary(time.Now()))
				h.Pass(time.Second)
			},
			"running", 0,
		},
		"one that nobody has time for": {
			func(h *harness.Harness) {
				h.Account().RequestsPerSecond = 1
				h.Sim.Inject(gateway.Fault{Kind: gateway.Hang})
				h.Watch("first")
				h.Add(harness.Ordinary(time.Now()))
				h.Pass(time.Second)
			},
			"waiting for a slot", 0,
		},
	} {
		t.Run(name, func(t *testing.T) {
			harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
				c.prepare(h)
				if got := harness.Cell(harness.Document(t, h.Page("")), harness.JobID, "Next poll"); got != c.want {
					t.Fatalf("%q, want %q", got, c.want)
				}
				if c.then == 0 {
					return
				}
				before := h.Calls(aliyun.OpQueryOTAJob)
				h.Pass(c.then - 500*time.Millisecond)
				if h.Calls(aliyun.OpQueryOTAJob) != before {
					t.Error("it was asked for before")
				}
				h.Pass(time.Second)
				if h.Calls(aliyun.OpQueryOTAJob) != before+1 {
					t.Error("it was not asked for then")
				}
			})
		})
	}
}
