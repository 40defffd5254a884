package collector

import "time"

// plan says which batch of one (account, operation) to poll next. It is pure:
// time comes in as an argument, and nothing goes out but the answer. Not safe
// for concurrent use; its lane holds a lock.
type plan struct {
	rules   Rules
	slots   int // of the rate budget
	parked  int // of them, those that make no call for a while, see watcher.capacity
	batches map[string]*batch
	flying  map[string]*batch // polled right now, and in no queue
	queues  [classes]queue[*batch]
	shares  shares
	outage  outage
	turn    int // of the classes of news
	seq     uint64
}

// batch is one job in the plan.
type batch struct {
	state *State
	class class    // the main one that it waits in, or waited in before its poll
	seq   uint64   // order of queueing
	waits []*place // none while it is polled
	// charged is what the poll that is under way took from the share of payer.
	charged time.Duration
	payer   class
	held    time.Duration // the slot by its last call: what the next one is likely to take
	// pardoned: it failed in an outage, and was not asked since.
	pardoned bool
}

// place is a batch's place in the queue of one class.
type place struct {
	class class
	entry entry[*batch]
}

const (
	// usuallyHeld is for how long a call holds its slot: a second and a round trip.
	usuallyHeld = time.Second
	// longHeld is more than an API that is slow, but well, needs for a call.
	longHeld = 4 * time.Second
)

func newPlan(rules Rules, slots int) *plan {
	return &plan{
		rules: rules, slots: slots,
		batches: make(map[string]*batch), flying: make(map[string]*batch),
		outage: outage{fresh: 1}, // one from before a restart may go on
	}
}

// put adds a batch, or brings news of one. News of a batch that is being
// polled is taken up by done.
func (p *plan) put(s *State) {
	b := p.batches[s.JobID]
	if b == nil {
		b = &batch{held: usuallyHeld}
		p.batches[s.JobID] = b
		p.outage.added(s)
	} else {
		p.outage.changed(b.state, s)
	}
	b.state = s
	if p.flying[s.JobID] == nil {
		p.enqueue(b)
	}
}

// remove forgets a batch.
func (p *plan) remove(jobID string) {
	if b := p.batches[jobID]; b != nil {
		p.dequeue(b)
		p.outage.removed(b.state)
		delete(p.batches, jobID)
		delete(p.flying, jobID)
	}
}

// next takes the batch to poll now, nil if none is due. The caller must report
// the end of the poll by done.
func (p *plan) next(now time.Time) *State {
	p.shares.accrue(now, p.working())
	b := p.choose(now)
	if b == nil {
		return nil
	}
	p.dequeue(b)
	p.flying[b.state.JobID] = b
	return b.state
}

// choose finds the most urgent batch that is due.
func (p *plan) choose(now time.Time) *batch {
	if p.outage.down {
		return p.probe(now)
	}
	// Each class by urgency, within its share. What has ended does not go before what
	// may be running.
	for c := range classes {
		if p.due(c, now) && p.shares.has(c) && (c != history || !p.due(fresh, now)) {
			return p.charge(c, c)
		}
	}
	// News may use the share of other news that has none waiting.
	for _, c := range news {
		for _, lender := range news {
			if p.due(c, now) && p.shares.has(lender) {
				return p.charge(c, lender)
			}
		}
	}
	// What is left of the slots goes to live batches first, then to news in turn, then
	// by urgency.
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

// charge takes the first batch of a class, whose call the share of payer pays.
func (p *plan) charge(c, payer class) *batch {
	b := p.queues[c].head().item
	b.payer, b.charged = payer, b.held
	p.shares.charge(payer, b.charged)
	return b
}

// keepsToShare says whether a class gets no more than its share even while nothing
// else is due: the next call is likely to hang, and its slot would be missing when a
// live batch is due.
func (p *plan) keepsToShare(c class) bool {
	return c == failing && p.queues[c].head().item.held > longHeld
}

// done reports the end of a poll: the state after it, how long the call took,
// and the time.
func (p *plan) done(s *State, took time.Duration, now time.Time) {
	b := p.batches[s.JobID]
	if b == nil {
		return
	}
	b.held = took + time.Second
	if s.Err != nil && s.Err.ArrivesBy.After(now) { // the request may still be on its way
		b.held += s.Err.ArrivesBy.Sub(now)
	}
	switch {
	case b.charged > 0:
		p.shares.correct(b.payer, b.charged, b.held)
	case b.class == live:
		p.shares.earn(b.held, p.working())
	}
	delete(p.flying, s.JobID)
	b.charged, b.pardoned = 0, false
	if p.outage.ended(b.state, s, p.slots, now, now.Add(p.rules.Interval-took)) {
		p.pardon()
	}
	if !common(s.Err) {
		p.outage.since = now
	}
	p.put(s)
}

// wakeAt is when something is due, at the earliest; it may lie in the past.
// false: nothing will be, unless news comes.
func (p *plan) wakeAt() (earliest time.Time, ok bool) {
	if p.outage.down {
		return p.outage.probeAt, true
	}
	for c := range classes {
		e := p.queues[c].head()
		if e == nil {
			continue
		}
		at := e.at.Add(p.wait(c))
		if p.keepsToShare(c) {
			at = later(at, p.shares.hasAt(c, p.working()))
		}
		if !ok || at.Before(earliest) {
			earliest, ok = at, true
		}
	}
	return earliest, ok
}

// due says whether the first batch of a class has waited long enough.
func (p *plan) due(c class, now time.Time) bool {
	e := p.queues[c].head()
	return e != nil && !e.at.Add(p.wait(c)).After(now)
}

// dueAt is when a batch that is not being polled is due.
func (p *plan) dueAt(b *batch) (earliest time.Time) {
	if p.outage.down {
		return p.outage.probeAt
	}
	for i, w := range b.waits {
		if at := w.entry.at.Add(p.wait(w.class)); i == 0 || at.Before(earliest) {
			earliest = at
		}
	}
	return earliest
}

// wait is the time between two polls of a class's batch, where the budget
// allows. It is the same for all of a class, so each queue stays in order when
// a reload changes it.
func (p *plan) wait(c class) time.Duration {
	switch c {
	case live:
		return p.rules.Interval
	case planned:
		return max(minHeartbeat, 10*p.round())
	case settled:
		return p.rules.SettledInterval
	case listed: // nothing says that UtcModified moves when a setting does
		return max(minFullRefresh, 10*p.rules.Interval)
	}
	return 0
}

// round is the time in which every live batch is polled once.
func (p *plan) round() time.Duration {
	perSlot := time.Duration(len(p.queues[live])) * time.Second / time.Duration(p.slots)
	return max(p.rules.Interval, perSlot)
}

// working is how many slots make calls, at what they are worth.
func (p *plan) working() float64 { return working(p.slots, p.parked) }

func (p *plan) enqueue(b *batch) {
	p.dequeue(b)
	p.seq++
	b.seq = p.seq
	turns := p.rules.turnsOf(b.state, b.pardoned)
	b.class = turns[0].class
	for _, t := range turns {
		w := &place{t.class, newEntry(b)}
		p.queues[t.class].add(&w.entry, t.at, p.seq)
		b.waits = append(b.waits, w)
	}
}

func (p *plan) dequeue(b *batch) {
	for _, w := range b.waits {
		p.queues[w.class].remove(&w.entry)
	}
	b.waits = nil
}
