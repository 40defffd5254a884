package schedule

import (
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// Plan decides which batch of an account to ask QueryOTAJob for next. It is not safe
// for concurrent use. Make it with [New].
type Plan struct {
	rules   target.Rules
	slots   int // of the rate budget
	away    int // of them, those that make no call for a while, as of the last Next
	batches map[string]*batch
	queues  [classes]queue[*batch]
	shares  shares
	outage  outage
	turn    int // whose turn it is among the classes of news
	seq     uint64
}

// New returns a plan without batches.
func New(rules target.Rules, slots int) *Plan {
	return &Plan{
		rules: rules, slots: slots, batches: make(map[string]*batch),
		outage: outage{fresh: 1}, // an outage from before a restart may go on
	}
}

// Configure changes the rules and the number of slots. Each batch must be put again
// afterwards.
func (p *Plan) Configure(rules target.Rules, slots int) { p.rules, p.slots = rules, slots }

// Put adds a batch, or takes up a new state of one. A batch that is being asked for
// is queued again by Done.
func (p *Plan) Put(s *store.State) {
	b := p.batches[s.JobID]
	if b == nil {
		b = &batch{jobID: s.JobID, held: usuallyHeld}
		p.batches[s.JobID] = b
	} else {
		p.outage.count(b.standing, -1)
	}
	b.standing = standingOf(p.rules, s)
	p.outage.count(b.standing, 1)
	if !b.polling {
		p.enqueue(b)
	}
}

// Remove forgets a batch.
func (p *Plan) Remove(jobID string) {
	if b := p.batches[jobID]; b != nil {
		p.dequeue(b)
		p.outage.count(b.standing, -1)
		delete(p.batches, jobID)
	}
}

// Len is how many batches are in the plan.
func (p *Plan) Len() int { return len(p.batches) }

// Next takes the batch to ask for now; not ok if none is due. away is how many slots
// make no call for a while. The caller must report the end of the call to Done.
func (p *Plan) Next(now time.Time, away int) (jobID string, ok bool) {
	p.away = away
	p.shares.accrue(now, p.working())
	b := p.choose(now)
	if b == nil {
		return "", false
	}
	p.dequeue(b)
	b.polling, b.wasFailing = true, b.accountWide
	return b.jobID, true
}

// Done reports the end of a call that began at started; err is nil if it was
// answered. The new state of the batch must have been put before.
func (p *Plan) Done(jobID string, started, now time.Time, err *aliyun.Error) {
	b := p.batches[jobID]
	if b == nil {
		return
	}
	b.held = now.Sub(started) + time.Second
	if err != nil && err.ArrivesBy.After(now) { // the request may still be on its way
		b.held += err.ArrivesBy.Sub(now)
	}
	switch {
	case b.charged > 0:
		p.shares.correct(b.payer, b.charged, b.held)
	case b.class == live:
		p.shares.earn(b.held, p.working())
	}
	b.polling, b.charged, b.pardoned = false, 0, false
	if p.outage.ended(err, b.wasFailing, p.slots, now, started.Add(p.rules.Interval)) {
		p.pardon()
	}
	if !aliyun.AccountWide(err) {
		p.outage.since = now
	}
	p.enqueue(b)
}

// WakeAt is when a batch is due at the earliest; it may lie in the past. It is not ok
// if none will be due until the next Put.
func (p *Plan) WakeAt() (earliest time.Time, ok bool) {
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
			if share := p.shares.hasAt(c, p.working()); share.After(at) {
				at = share
			}
		}
		if !ok || at.Before(earliest) {
			earliest, ok = at, true
		}
	}
	return earliest, ok
}

// DueAt is when a batch is due; it means nothing while polling is true, because a call
// is under way. It is not ok for a batch that is not in the plan.
func (p *Plan) DueAt(jobID string) (at time.Time, polling, ok bool) {
	b := p.batches[jobID]
	switch {
	case b == nil:
		return at, false, false
	case b.polling:
		return at, true, true
	case p.outage.down:
		return p.outage.probeAt, false, true
	}
	for i, w := range b.places {
		if due := w.entry.at.Add(p.wait(w.class)); i == 0 || due.Before(at) {
			at = due
		}
	}
	return at, false, true
}
