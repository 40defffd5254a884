package demo

import (
	"net/http"
	"sync"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
)

// handler is the demo without its listener: a simulator with two accounts and a fleet
// in which there is always something going on. configFor points an exporter at it.
// Lines of rollouts go on for ever; old ones are deleted, so that memory is bounded.
type handler struct {
	sim *simulator.Simulator

	mu    sync.Mutex // guards all below; the simulator's own locks are taken after it
	lines []*line
	next  time.Time // the lines are looked at again then
}

func newHandler(now time.Time) *handler {
	h := &handler{sim: simulator.New(), next: now}
	h.sim.AddAccount(gateway.Account{
		Name:      "production",
		Keys:      []gateway.Key{keyOf("production")},
		Instances: []string{enterprise},
	})
	h.sim.AddAccount(gateway.Account{
		Name: "partner",
		Keys: []gateway.Key{keyOf("partner")},
		// As if a colleague's script used the account too: it leaves little of the
		// budget, and nothing for 3 s of every 45 s; the first time when all batches
		// have long been asked for.
		Rival: func(t time.Time) int {
			if (t.Sub(now)+25*time.Second)%(45*time.Second) < 3*time.Second {
				return gateway.DocumentedLimit
			}
			return 6
		},
	})
	for _, r := range rollouts(now) {
		h.sim.AddFirmware(r.firmware)
		h.sim.AddBatch(r.batch)
		if r.uncountable {
			h.sim.Inject(gateway.Fault{Operation: "ListOTATaskByJob", JobID: r.batch.JobID, Code: "iot.system.SystemException"})
		}
		if r.line {
			h.lines = append(h.lines, &line{firmware: r.firmware, batch: r.batch, newest: r.batch.JobID})
		}
	}
	return h
}

// ServeHTTP answers a call as the simulator does.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.advance(time.Now())
	h.sim.ServeHTTP(w, r)
}

// advance moves the lines on; once a second is enough.
func (h *handler) advance(now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if now.Before(h.next) {
		return
	}
	h.next = now.Add(time.Second)
	for _, l := range h.lines {
		l.advance(h.sim.Fleet, now)
	}
}
