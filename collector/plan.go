package collector

import "time"

// plan says which batch of one (account, operation) to poll next. It is pure:
// time comes in as an argument, and nothing goes out but the answer. Not safe
// for concurrent use; its lane holds a lock.
type plan struct {
	rules   Rules
	slots   int // of the rate budget
	batches map[string]*batch
	flying  map[string]*batch // polled right now, and in no queue
	queues  [classes]queue[*batch]
	moments queue[*batch]
	shares  shares
	outage  outage
	seq     uint64
}

// batch is one job in the plan.
type batch struct {
	state   *State
	class   class
	place   entry[*batch] // in the queue of its class
	moment  entry[*batch] // in plan.moments, if it has one
	refresh entry[*batch] // in the queue listed, if a list shows it
	charged time.Duration // to the share of payer, for the poll that is under way
	payer   class
	took    time.Duration // of its last call: what the next one is likely to hold a slot for
	// pardoned: it failed in an outage, and was not asked since.
	pardoned bool
}

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
		b = &batch{}
		b.place, b.moment, b.refresh = newEntry(b), newEntry(b), newEntry(b)
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
	p.shares.accrue(now, p.slots)
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
	if e := p.moments.head(); e != nil && !e.at.After(now) {
		return e.item
	}
	busy := p.due(fresh, now) || p.due(live, now)
	for _, c := range [...]class{planned, failing, settled, listed} {
		if !p.due(c, now) {
			continue
		}
		b := p.queues[c].head().item
		if !busy {
			return b
		}
		if p.shares.has(c) {
			b.charged, b.payer = p.shares.charge(c, b.took), c
			return b
		}
	}
	for _, c := range [...]class{fresh, live} {
		if p.due(c, now) {
			return p.queues[c].head().item
		}
	}
	return nil
}

// done reports the end of a poll: the state after it, how long the call took,
// and the time.
func (p *plan) done(s *State, took time.Duration, now time.Time) {
	b := p.batches[s.JobID]
	if b == nil {
		return
	}
	if b.charged > 0 {
		p.shares.correct(b.payer, b.charged, took)
	}
	delete(p.flying, s.JobID)
	b.charged, b.took, b.pardoned = 0, took, false
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
	consider := func(t time.Time) {
		if !ok || t.Before(earliest) {
			earliest, ok = t, true
		}
	}
	if e := p.moments.head(); e != nil {
		consider(e.at)
	}
	for c := range classes {
		if e := p.queues[c].head(); e != nil {
			consider(e.at.Add(p.wait(c)))
		}
	}
	return earliest, ok
}

// due says whether the first batch of a class has waited long enough.
func (p *plan) due(c class, now time.Time) bool {
	e := p.queues[c].head()
	return e != nil && !e.at.Add(p.wait(c)).After(now)
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

func (p *plan) enqueue(b *batch) {
	p.dequeue(b)
	t := p.rules.turnOf(b.state, b.pardoned)
	b.class = t.class
	p.seq++
	p.queues[b.class].add(&b.place, t.at, p.seq)
	if !t.moment.IsZero() {
		p.moments.add(&b.moment, t.moment, p.seq)
	}
	if b.class == live && !b.state.Listed.IsZero() {
		p.queues[listed].add(&b.refresh, b.state.Asked, p.seq)
	}
}

func (p *plan) dequeue(b *batch) {
	p.queues[b.class].remove(&b.place)
	p.moments.remove(&b.moment)
	p.queues[listed].remove(&b.refresh)
}
