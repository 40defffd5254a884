package schedule

import "time"

// choose finds the most urgent batch that is due.
func (p *Plan) choose(now time.Time) *batch {
	if p.outage.down {
		return p.probe(now)
	}
	// First by urgency, each class within its share. History waits for batches that
	// were never polled, because those may be running.
	for c := range classes {
		if p.due(c, now) && p.shares.has(c) && (c != history || !p.due(unpolled, now)) {
			return p.charge(c, c)
		}
	}
	// News may use the share of a class of news that has none waiting.
	for _, c := range news {
		for _, lender := range news {
			if p.due(c, now) && p.shares.has(lender) {
				return p.charge(c, lender)
			}
		}
	}
	// The rest of the slots goes to live batches first, then to news in turn, then by
	// urgency.
	if p.due(live, now) {
		return p.queues[live].head().item
	}
	for range news {
		c := news[p.turn%len(news)]
		p.turn++
		if p.due(c, now) {
			return p.queues[c].head().item
		}
	}
	for c := planned; c < classes; c++ {
		if p.due(c, now) && !p.keepsToShare(c) {
			return p.queues[c].head().item
		}
	}
	return nil
}

// charge takes the first batch of class c; the share of payer pays for the call.
func (p *Plan) charge(c, payer class) *batch {
	b := p.queues[c].head().item
	b.payer, b.charged = payer, b.held
	p.shares.charge(payer, b.charged)
	return b
}

// keepsToShare reports whether a class gets no more than its share even while nothing
// else is due. That is so if its next call is likely to hang: the slot would be missing
// when a live batch is due.
func (p *Plan) keepsToShare(c class) bool {
	return c == failing && p.queues[c].head().item.held > longHeld
}

// due reports whether the first batch of a class has waited long enough.
func (p *Plan) due(c class, now time.Time) bool {
	e := p.queues[c].head()
	return e != nil && !e.at.Add(p.wait(c)).After(now)
}

// wait is the time between two calls for a batch of a class, if the budget allows. It
// is the same for the whole class, so the order of a queue holds when a reload
// changes it.
func (p *Plan) wait(c class) time.Duration {
	switch c {
	case live:
		return p.rules.Interval
	case planned:
		return max(minHeartbeat, 10*p.round())
	case settled:
		return p.rules.SettledInterval
	case fullRefresh: // no document says that UtcModified moves when a setting changes
		return max(minFullRefresh, 10*p.rules.Interval)
	}
	return 0
}

// round is the time in which every live batch is asked for once.
func (p *Plan) round() time.Duration {
	perSlot := time.Duration(len(p.queues[live])) * time.Second / time.Duration(p.slots)
	return max(p.rules.Interval, perSlot)
}

// working is how many slots make calls.
func (p *Plan) working() float64 { return Capacity{Slots: p.slots, Away: p.away}.working() }
