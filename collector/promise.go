package collector

import "time"

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
	return max(interval, round)*102/100 + time.Second + rtt
}

// promise is the worst age of the live batches as things stand now.
func (p *plan) promise(parked int, rtt time.Duration) time.Duration {
	used := 0.0
	for c, part := range shareOf {
		if len(p.queues[c]) > 0 {
			used += part
		}
	}
	n := len(p.queues[live]) + len(p.queues[fresh])
	for _, b := range p.flying {
		if b.class == live || b.class == fresh {
			n++
		}
	}
	return worstAge(n, p.rules.Interval, p.slots, parked, rtt, used)
}
