package poll

import (
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/schedule"
)

// promise is the worst age of the live batches' status as things stand now.
// w.mu is held.
func (w *watcher) promise(now time.Time) time.Duration {
	slots, parked, late := w.capacity(w.lists)
	calls, longest := w.batches.calls()
	bulk := schedule.WorstAge(calls, w.batches.rota.Wait, slots, parked, w.rtt, 0) + late
	bulk = max(bulk, time.Duration(longest)*w.rtt) // page by page

	// What no list showed lately depends on QueryOTAJob; the rest has both.
	all, alone := 0, 0
	aging := false // a batch that was never polled has a status, but no list renews it
	for _, b := range w.plan.Batches {
		if b.Class != schedule.Live && (b.Class != schedule.Fresh || b.State.Listed.IsZero()) {
			continue
		}
		all++
		if now.Sub(b.State.Listed) > 2*bulk {
			alone++
			aging = aging || b.Class == schedule.Fresh
		}
	}
	used := 0.0
	for c, part := range schedule.ShareOf {
		if len(w.plan.Queues[c]) > 0 {
			used += part
		}
	}
	slots, parked, late = w.capacity(w.plans)
	polled := func(n int) time.Duration {
		queued := len(w.plan.Queues[schedule.Fresh]) + len(w.plan.Queues[schedule.Changed])
		once := schedule.WorstAge(n+queued, w.rules.Interval, slots, parked, w.rtt, used) + late
		if aging || queued == 0 {
			return once
		}
		// However many there are, live batches keep their part.
		keep := (1 - used) / (1 + schedule.NewsEarn*float64(len(schedule.News)))
		return min(once, schedule.WorstAge(n, w.rules.Interval, slots, parked, w.rtt, 1-keep)+late)
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
