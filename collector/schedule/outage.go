package schedule

import (
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// outage notices that every call of an account fails for a reason that is not a
// batch's own: a wrong key, a missing permission, an endpoint that cannot be reached.
// During an outage one batch is asked for an interval. When one is answered, all go on
// at once: recovery takes one interval, and a bad key does not use up the quota.
type outage struct {
	down    bool
	probeAt time.Time // of the next attempt, while down
	total   int       // batches that are not idle, or fail that way
	failing int       // of them, those whose last call failed that way
	fresh   int       // new failures of that kind in a row, without an answer in between
	since   time.Time // the last answer; while down, the last one before the outage
}

// count adds a batch to the totals, or takes it out for n = -1.
func (o *outage) count(st standing, n int) {
	if st.accountWide {
		o.failing += n
	} else if st.idle {
		return // it is not asked for soon, so it says nothing about an outage
	}
	o.total += n
}

// ended takes the outcome of a call and reports whether it ended an outage. An outage
// begins when the last batch that did not fail begins to, or after 2 × slots new
// failures in a row without an answer. A batch that goes on failing does not count as
// a new failure. The new state of the batch was counted already. now is when the call
// ended, next is an interval after it began.
func (o *outage) ended(err *aliyun.Error, wasFailing bool, slots int, now, next time.Time) bool {
	if !aliyun.AccountWide(err) {
		recovered := o.down
		o.down, o.fresh = false, 0
		return recovered
	}
	if !wasFailing {
		o.fresh++
	}
	switch {
	case o.down || o.fresh == 0: // known, or the batch's own fault
	case o.failing >= o.total:
		o.down, o.probeAt = true, next
	case o.fresh >= 2*slots:
		// These may share a fault that the others do not have: ask for one of the
		// others right away.
		o.down, o.probeAt = true, now
	}
	return false
}

// probe takes the batch that is likeliest to be answered, once an interval.
func (p *Plan) probe(now time.Time) *batch {
	if now.Before(p.outage.probeAt) {
		return nil
	}
	var best *batch
	for _, b := range p.batches {
		if !b.polling && (best == nil || b.likelierThan(best)) {
			best = b
		}
	}
	p.outage.probeAt = now.Add(p.rules.Interval)
	return best
}

// likelierThan reports which of two batches is likelier to be answered: one that does
// not fail, by its latest answer; else the one that was not asked for longest, so that
// each gets its turn.
func (b *batch) likelierThan(other *batch) bool {
	switch {
	case b.accountWide != other.accountWide:
		return !b.accountWide
	case !b.accountWide && !b.asOf.Equal(other.asOf):
		return b.asOf.After(other.asOf)
	case !b.asked.Equal(other.asked):
		return b.asked.Before(other.asked)
	}
	// Neither was ever asked for. The farther a batch is from the ones that were, in
	// the configuration, the likelier it belongs to another instance.
	return b.seq > other.seq
}

// pardon lets every batch that failed in the outage go on as if it had not. Batches
// that failed while others were answered have a fault of their own.
func (p *Plan) pardon() {
	for _, b := range p.batches {
		if !b.polling && b.accountWide && b.failedAt.After(p.outage.since) {
			b.pardoned = true
			p.enqueue(b)
		}
	}
}
