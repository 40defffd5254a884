package collector

import (
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// worstAge is the oldest that the data of one of n live batches gets while
// every call is answered: what the budget allows, where the interval asks for
// more than that. used is the part of the slots that other classes may take.
func worstAge(n int, interval time.Duration, slots, parked int, rtt time.Duration, used float64) time.Duration {
	// A slot makes one call per second and round trip. A parked one makes one
	// in the 30 s that it is parked for on average.
	perSecond := float64(slots-parked)/(1+rtt.Seconds()) + float64(parked)/30
	round := time.Duration(float64(n) / (perSecond * (1 - used)) * float64(time.Second))
	// Two percent and a second are what the plan's bound allows for starts at
	// known moments and for slots that are not free just now.
	worst := max(interval, round)*102/100 + time.Second + rtt
	if parked >= slots {
		worst += aliyun.MaxPark // until the first one comes back
	}
	return worst
}

// promise is the worst age of the live batches' status as things stand now.
// w.mu is held.
func (w *watcher) promise(now time.Time) time.Duration {
	slots, parked := w.lists.slots.Count()
	calls := len(w.batches.rota.things) + len(w.plan.queues[listed])/aliyun.JobsPerPage
	bulk := worstAge(calls, w.batches.rota.wait, slots, parked, w.rtt, 0)

	// What no list showed lately depends on QueryOTAJob; the rest has both.
	all, alone := 0, 0
	for _, b := range w.plan.batches {
		if b.class == live || b.class == fresh {
			all++
			if now.Sub(b.state.Listed) > 2*bulk {
				alone++
			}
		}
	}
	used := 0.0
	for c, part := range shareOf {
		if len(w.plan.queues[c]) > 0 {
			used += part
		}
	}
	slots, parked = w.plans.slots.Count()
	polled := func(n int) time.Duration {
		return worstAge(n, w.rules.Interval, slots, parked, w.rtt, used)
	}
	if alone == all {
		return polled(all)
	}
	worst := min(bulk, polled(all))
	if alone > 0 {
		worst = max(worst, polled(alone))
	}
	return worst
}
