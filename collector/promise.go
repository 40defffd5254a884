package collector

import (
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// worstAge is the oldest that the data of one of n live batches gets while
// every call is answered: what the budget allows, where the interval asks for
// more than that. used is the part of the slots that other classes may take.
func worstAge(n int, interval time.Duration, slots, parked int, rtt time.Duration, used float64) time.Duration {
	// A slot makes one call per second and round trip.
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

// working is how many slots make calls: one that is parked makes one in the 30 s
// that it is parked for on average.
func working(slots, parked int) float64 {
	return float64(max(0, slots-parked)) + float64(parked)/30
}

// promise is the worst age of the live batches' status as things stand now.
// w.mu is held.
func (w *watcher) promise(now time.Time) time.Duration {
	slots, parked, late := w.capacity(w.lists)
	calls, longest := w.batches.calls()
	bulk := worstAge(calls, w.batches.rota.wait, slots, parked, w.rtt, 0) + late
	bulk = max(bulk, time.Duration(longest)*w.rtt) // page by page

	// What no list showed lately depends on QueryOTAJob; the rest has both.
	all, alone := 0, 0
	aging := false // a batch that was never polled has a status, but no list renews it
	for _, b := range w.plan.batches {
		if b.class != live && (b.class != fresh || b.state.Listed.IsZero()) {
			continue
		}
		all++
		if now.Sub(b.state.Listed) > 2*bulk {
			alone++
			aging = aging || b.class == fresh
		}
	}
	used := 0.0
	for c, part := range shareOf {
		if len(w.plan.queues[c]) > 0 {
			used += part
		}
	}
	slots, parked, late = w.capacity(w.plans)
	polled := func(n int) time.Duration {
		queued := len(w.plan.queues[fresh]) + len(w.plan.queues[changed])
		once := worstAge(n+queued, w.rules.Interval, slots, parked, w.rtt, used) + late
		if aging || queued == 0 {
			return once
		}
		// However many there are, live batches keep their part.
		keep := (1 - used) / (1 + newsEarn*float64(len(news)))
		return min(once, worstAge(n, w.rules.Interval, slots, parked, w.rtt, 1-keep)+late)
	}
	worst := time.Duration(0)
	if alone < all {
		worst = min(bulk, polled(all))
	}
	if alone > 0 || all == 0 {
		worst = max(worst, polled(alone))
	}
	return worst
}

// capacity is the number of slots of a lane and how many of them make no call
// for a while: they are parked, or their last request may still be on its way.
// If there is none else, late is how much longer than a parked one they may
// take to come back.
func (w *watcher) capacity(l *lane) (slots, away int, late time.Duration) {
	slots, parked := l.slots.Count()
	unanswered := l.slots.Unanswered()
	if away = min(slots, parked+unanswered); unanswered > 0 && away == slots {
		late = max(0, 2*w.account.Timeout+time.Second-aliyun.MaxPark)
	}
	return slots, away, late
}
