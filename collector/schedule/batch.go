package schedule

import "time"

// batch is one job in the plan.
type batch struct {
	jobID string
	standing
	class  class    // the main class that it waits in, or waited in before its call
	seq    uint64   // order of queueing
	places []*place // one in the queue of each class that it waits in
	held   time.Duration
	// pardoned is set after an outage: its last failure does not count.
	pardoned bool

	// These belong to the call that is under way.
	polling    bool          // it is in no queue
	wasFailing bool          // standing.accountWide before the call
	charged    time.Duration // taken from the share of payer
	payer      class
}

// place is a batch's place in the queue of one class.
type place struct {
	class class
	entry entry[*batch]
}

const (
	// usuallyHeld is for how long a call holds its slot: a second and a round trip.
	usuallyHeld = time.Second
	// longHeld is longer than a slow but healthy API holds a slot.
	longHeld = 4 * time.Second
)

// enqueue puts a batch into the queue of each class that it waits in.
func (p *Plan) enqueue(b *batch) {
	p.dequeue(b)
	p.seq++
	b.seq = p.seq
	turns := b.turns
	if b.pardoned {
		turns = b.afterOutage
	}
	b.class = turns[0].class
	for _, t := range turns {
		w := &place{t.class, newEntry(b)}
		p.queues[t.class].add(&w.entry, t.at, p.seq)
		b.places = append(b.places, w)
	}
}

// dequeue takes a batch out of all queues.
func (p *Plan) dequeue(b *batch) {
	for _, w := range b.places {
		p.queues[w.class].remove(&w.entry)
	}
	b.places = nil
}
