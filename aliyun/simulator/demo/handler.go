package demo

import (
	"net/http"
	"sync"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
)

// handler is the demo without its listener: a simulator with two accounts, in whose fleet
// there is always a rollout in progress. configFor returns its configuration. New
// rollouts start forever; old ones are deleted, so the memory is limited.
type handler struct {
	sim *simulator.Simulator

	mu    sync.Mutex // guards all below; locked before the locks of the simulator
	lines []*line
	next  time.Time // earliest time of the next look at lines

	uncountable []string // batches whose devices can be listed only until then
	until       time.Time
}

// countable is how long the devices of every batch can be listed. Later the last counts of
// some batches stay and get old.
const countable = 10 * time.Second

func newHandler(now time.Time) *handler {
	h := &handler{sim: simulator.New(), next: now, until: now.Add(countable)}
	h.sim.AddAccount(gateway.Account{
		Name:      "production",
		Keys:      []gateway.Key{keyOf("production")},
		Instances: []string{enterprise},
	})
	h.sim.AddAccount(gateway.Account{
		Name: "partner",
		Keys: []gateway.Key{keyOf("partner")},
		// Like a script that uses the same account: it leaves little of the quota, and
		// nothing for 3 s of every 45 s. The first of these pauses is long after the
		// first poll of all batches.
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
			h.uncountable = append(h.uncountable, r.batch.JobID)
		}
		if r.line {
			h.lines = append(h.lines, &line{firmware: r.firmware, batch: r.batch, newest: r.batch.JobID})
		}
	}
	return h
}

// ServeHTTP starts rollouts that are due and answers the call.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.advance(time.Now())
	h.sim.ServeHTTP(w, r)
}

// advance starts the rollouts and the faults that are due, at most once a second.
func (h *handler) advance(now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if now.Before(h.next) {
		return
	}
	h.next = now.Add(time.Second)
	if !now.Before(h.until) {
		for _, jobID := range h.uncountable {
			h.sim.Inject(gateway.Fault{Operation: "ListOTATaskByJob", JobID: jobID, Code: "iot.system.SystemException"})
		}
		h.uncountable = nil
	}
	for _, l := range h.lines {
		l.advance(h.sim.Fleet, now)
	}
}
