package schedule

import (
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// Plan says which batch of one (account, operation) to poll next. It is pure:
// time comes in as an argument, and nothing goes out but the answer. Not safe
// for concurrent use; its lane holds a lock.
type Plan struct {
	Rules   target.Rules
	Slots   int // of the rate budget
	Parked  int // of them, those that make no call for a while, see watcher.capacity
	Batches map[string]*Batch
	Flying  map[string]*Batch // polled right now, and in no queue
	Queues  [classes]queue[*Batch]
	shares  shares
	outage  outage
	turn    int // of the classes of news
	seq     uint64
}

// Batch is one job in the plan.
type Batch struct {
	State *store.State
	Class class    // the main one that it waits in, or waited in before its poll
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
	entry entry[*Batch]
}

const (
	// usuallyHeld is for how long a call holds its slot: a second and a round trip.
	usuallyHeld = time.Second
	// longHeld is more than an API that is slow, but well, needs for a call.
	longHeld = 4 * time.Second
)

// New gives a plan without batches, for so many slots.
func New(rules target.Rules, slots int) *Plan {
	return &Plan{
		Rules: rules, Slots: slots,
		Batches: make(map[string]*Batch), Flying: make(map[string]*Batch),
		outage: outage{fresh: 1}, // one from before a restart may go on
	}
}

// Put adds a batch, or brings news of one. News of a batch that is being
// polled is taken up by done.
func (p *Plan) Put(s *store.State) {
	b := p.Batches[s.JobID]
	if b == nil {
		b = &Batch{held: usuallyHeld}
		p.Batches[s.JobID] = b
		p.outage.added(s)
	} else {
		p.outage.changed(b.State, s)
	}
	b.State = s
	if p.Flying[s.JobID] == nil {
		p.enqueue(b)
	}
}

// Remove forgets a batch.
func (p *Plan) Remove(jobID string) {
	if b := p.Batches[jobID]; b != nil {
		p.dequeue(b)
		p.outage.removed(b.State)
		delete(p.Batches, jobID)
		delete(p.Flying, jobID)
	}
}

// Next takes the batch to poll now, nil if none is due. The caller must report
// the end of the poll by done.
func (p *Plan) Next(now time.Time) *store.State {
	p.shares.accrue(now, p.working())
	b := p.choose(now)
	if b == nil {
		return nil
	}
	p.dequeue(b)
	p.Flying[b.State.JobID] = b
	return b.State
}

// choose finds the most urgent batch that is due.
func (p *Plan) choose(now time.Time) *Batch {
	if p.outage.down {
		return p.probe(now)
	}
	// Each class by urgency, within its share. What has ended does not go before what
	// may be running.
	for c := range classes {
		if p.due(c, now) && p.shares.has(c) && (c != history || !p.due(Fresh, now)) {
			return p.charge(c, c)
		}
	}
	// News may use the share of other news that has none waiting.
	for _, c := range News {
		for _, lender := range News {
			if p.due(c, now) && p.shares.has(lender) {
				return p.charge(c, lender)
			}
		}
	}
	// What is left of the slots goes to live batches first, then to news in turn, then
	// by urgency.
	if p.due(Live, now) {
		return p.Queues[Live].head().item
	}
	for range News {
		c := News[p.turn%len(News)]
		p.turn++
		if p.due(c, now) {
			return p.Queues[c].head().item
		}
	}
	for c := planned; c < classes; c++ {
		if p.due(c, now) && !p.keepsToShare(c) {
			return p.Queues[c].head().item
		}
	}
	return nil
}

// charge takes the first batch of a class, whose call the share of payer pays.
func (p *Plan) charge(c, payer class) *Batch {
	b := p.Queues[c].head().item
	b.payer, b.charged = payer, b.held
	p.shares.charge(payer, b.charged)
	return b
}

// keepsToShare says whether a class gets no more than its share even while nothing
// else is due: the next call is likely to hang, and its slot would be missing when a
// live batch is due.
func (p *Plan) keepsToShare(c class) bool {
	return c == failing && p.Queues[c].head().item.held > longHeld
}

// Done reports the end of a poll: the state after it, how long the call took,
// and the time.
func (p *Plan) Done(s *store.State, took time.Duration, now time.Time) {
	b := p.Batches[s.JobID]
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
	case b.Class == Live:
		p.shares.earn(b.held, p.working())
	}
	delete(p.Flying, s.JobID)
	b.charged, b.pardoned = 0, false
	if p.outage.ended(b.State, s, p.Slots, now, now.Add(p.Rules.Interval-took)) {
		p.pardon()
	}
	if !aliyun.AccountWide(s.Err) {
		p.outage.since = now
	}
	p.Put(s)
}

// WakeAt is when something is due, at the earliest; it may lie in the past.
// false: nothing will be, unless news comes.
func (p *Plan) WakeAt() (earliest time.Time, ok bool) {
	if p.outage.down {
		return p.outage.probeAt, true
	}
	for c := range classes {
		e := p.Queues[c].head()
		if e == nil {
			continue
		}
		at := e.At.Add(p.wait(c))
		if p.keepsToShare(c) {
			at = store.Later(at, p.shares.hasAt(c, p.working()))
		}
		if !ok || at.Before(earliest) {
			earliest, ok = at, true
		}
	}
	return earliest, ok
}

// due says whether the first batch of a class has waited long enough.
func (p *Plan) due(c class, now time.Time) bool {
	e := p.Queues[c].head()
	return e != nil && !e.At.Add(p.wait(c)).After(now)
}

// DueAt is when a batch that is not being polled is due.
func (p *Plan) DueAt(b *Batch) (earliest time.Time) {
	if p.outage.down {
		return p.outage.probeAt
	}
	for i, w := range b.waits {
		if at := w.entry.At.Add(p.wait(w.class)); i == 0 || at.Before(earliest) {
			earliest = at
		}
	}
	return earliest
}

// wait is the time between two polls of a class's batch, where the budget
// allows. It is the same for all of a class, so each queue stays in order when
// a reload changes it.
func (p *Plan) wait(c class) time.Duration {
	switch c {
	case Live:
		return p.Rules.Interval
	case planned:
		return max(minHeartbeat, 10*p.round())
	case settled:
		return p.Rules.SettledInterval
	case listed: // nothing says that UtcModified moves when a setting does
		return max(minFullRefresh, 10*p.Rules.Interval)
	}
	return 0
}

// round is the time in which every live batch is polled once.
func (p *Plan) round() time.Duration {
	perSlot := time.Duration(len(p.Queues[Live])) * time.Second / time.Duration(p.Slots)
	return max(p.Rules.Interval, perSlot)
}

// working is how many slots make calls, at what they are worth.
func (p *Plan) working() float64 { return working(p.Slots, p.Parked) }

func (p *Plan) enqueue(b *Batch) {
	p.dequeue(b)
	p.seq++
	b.seq = p.seq
	turns := turnsOf(p.Rules, b.State, b.pardoned)
	b.Class = turns[0].class
	for _, t := range turns {
		w := &place{t.class, newEntry(b)}
		p.Queues[t.class].add(&w.entry, t.at, p.seq)
		b.waits = append(b.waits, w)
	}
}

func (p *Plan) dequeue(b *Batch) {
	for _, w := range b.waits {
		p.Queues[w.class].remove(&w.entry)
	}
	b.waits = nil
}
