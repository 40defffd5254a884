package schedule

import (
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/budget"
)

// Capacity is what the slots of one operation of an account can do at the moment.
type Capacity struct {
	Slots int
	Away  int           // of Slots: parked, or waiting for a request that may still arrive
	Late  time.Duration // how much later than a parked slot the first one is back; 0 while a slot works
	RTT   time.Duration // of a call
}

// WorstAge is the oldest that the data of one of n live batches gets while every call
// is answered: the interval, or what the budget allows if that is longer. used is the
// part of the slots that other classes may take, 0 to 1.
func (c Capacity) WorstAge(n int, interval time.Duration, used float64) time.Duration {
	// A slot makes one call per second and round trip, a parked slot one per time that it is parked.
	perSecond := float64(c.Slots-c.Away)/(1+c.RTT.Seconds()) + float64(c.Away)/budget.MeanPark.Seconds()
	round := time.Duration(float64(n) / (perSecond * (1 - used)) * float64(time.Second))
	// Two percent and a second are for calls at known moments, and for slots that are not
	// free just now.
	worst := max(interval, round)*102/100 + time.Second + c.RTT
	if c.Away >= c.Slots {
		worst += budget.MaxPark // until the first one is back
	}
	return worst + c.Late
}

// working is how many slots make calls. A parked slot counts as the one call that it makes
// in the time for which it is parked.
func (c Capacity) working() float64 {
	return float64(max(0, c.Slots-c.Away)) + float64(c.Away)/budget.MeanPark.Seconds()
}

// WorstAge is the oldest that the status of a live batch gets with this capacity.
// byLists is that age for batches that job lists show.
func (p *Plan) WorstAge(now time.Time, byLists time.Duration, c Capacity) time.Duration {
	// Batches that no list showed lately depend on QueryOTAJob. The others have both.
	all, alone := 0, 0
	aging := false // a batch that was never polled has a status, but no list renews it
	for _, b := range p.batches {
		if b.class != live && (b.class != unpolled || b.listed.IsZero()) {
			continue
		}
		all++
		if now.Sub(b.listed) > 2*byLists {
			alone++
			aging = aging || b.class == unpolled
		}
	}
	worst := time.Duration(0)
	if alone < all {
		worst = min(byLists, p.worstPolled(all, aging, c))
	}
	if alone > 0 || all == 0 {
		worst = max(worst, p.worstPolled(alone, aging, c))
	}
	return worst
}

// worstPolled is the oldest that one of n batches gets by QueryOTAJob alone. aging
// says that batches that were never polled are among them.
func (p *Plan) worstPolled(n int, aging bool, c Capacity) time.Duration {
	used := 0.0
	for class, part := range shareOf {
		if len(p.queues[class]) > 0 {
			used += part
		}
	}
	queued := len(p.queues[unpolled]) + len(p.queues[changed])
	once := c.WorstAge(n+queued, p.rules.Interval, used)
	if aging || queued == 0 {
		return once
	}
	// However many wait for their first poll, live batches keep their part.
	keep := (1 - used) / (1 + newsEarn*float64(len(news)))
	return min(once, c.WorstAge(n, p.rules.Interval, 1-keep))
}
