package collector_test

import (
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
)

// What the page says of the next poll, and that the poll is made then.
func TestNextPoll(t *testing.T) {
	for name, c := range map[string]struct {
		prepare func(h *harness)
		want    string
		then    time.Duration // until the poll is made; 0: it is not waited for
	}{
		"a running batch is asked after the interval": {
			func(h *harness) { h.add(ordinary(time.Now())); h.pass(5 * time.Second) },
			"in 10 s", 10 * time.Second,
		},
		"a planned one at its moment, if that comes before the heartbeat": {
			func(h *harness) {
				b := ordinary(time.Now())
				b.Schedule = time.Now().Add(40 * time.Second)
				h.add(b)
				h.pass(10*time.Second + 500*time.Millisecond)
			},
			"in 30 s", 30 * time.Second,
		},
		"a planned one at the heartbeat": {
			func(h *harness) {
				b := ordinary(time.Now())
				b.Schedule = time.Now().Add(time.Hour)
				h.add(b)
				h.pass(10 * time.Second)
			},
			"in 2 min 20 s", 140 * time.Second,
		},
		"one that has ended after a day": {
			func(h *harness) {
				b := ordinary(time.Now())
				b.Devices = simulator.Devices{}
				b.Status = aliyun.StatusCompleted
				h.add(b)
				h.pass(time.Hour)
			},
			"in 23 h 0 min", 23 * time.Hour,
		},
		"a listed one by the list": {
			func(h *harness) {
				h.addByList(ordinary(time.Now()))
				h.pass(5 * time.Second)
			},
			"in 7 s, by list", 0,
		},
		"in an outage with the next attempt": {
			func(h *harness) {
				h.add(ordinary(time.Now()))
				h.sim.Inject(simulator.Fault{Code: "InvalidAccessKeyId.NotFound"})
				h.pass(19 * time.Second)
			},
			"in 11 s", 11 * time.Second,
		},
		"one whose call hangs": {
			func(h *harness) {
				h.sim.Inject(simulator.Fault{Kind: simulator.Hang})
				h.add(ordinary(time.Now()))
				h.pass(time.Second)
			},
			"under way", 0,
		},
		"one that nobody has time for": {
			func(h *harness) {
				h.account().RequestsPerSecond = 1
				h.sim.Inject(simulator.Fault{Kind: simulator.Hang})
				h.watch("first")
				h.add(ordinary(time.Now()))
				h.pass(time.Second)
			},
			"waits for a slot", 0,
		},
	} {
		t.Run(name, func(t *testing.T) {
			simulated(t, func(t *testing.T, h *harness) {
				c.prepare(h)
				if got := cell(document(t, h.page("")), jobID, "Next poll"); got != c.want {
					t.Fatalf("%q, want %q", got, c.want)
				}
				if c.then == 0 {
					return
				}
				before := h.calls(aliyun.OpQueryOTAJob)
				h.pass(c.then - 500*time.Millisecond)
				if h.calls(aliyun.OpQueryOTAJob) != before {
					t.Error("it was asked for before")
				}
				h.pass(time.Second)
				if h.calls(aliyun.OpQueryOTAJob) != before+1 {
					t.Error("it was not asked for then")
				}
			})
		})
	}
}
