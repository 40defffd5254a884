package schedule

import (
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
)

// outage notices when everything of one account and operation fails for a
// reason that is not a batch's own: a wrong key, a missing permission, an
// endpoint that is not there. Then one batch is asked an interval until one
// is answered, and all go on at once: recovery takes one interval, and a bad
// key does not burn the quota.
type outage struct {
	down    bool
	probeAt time.Time // of the next attempt, while down
	total   int       // batches that are asked often, or fail that way
	failing int       // of them, those whose last poll failed that way
	fresh   int       // polls in a row that failed of batches that had not failed before
	since   time.Time // the last answer; while down, that before the outage
}

func (o *outage) added(s *store.State)   { o.count(s, 1) }
func (o *outage) removed(s *store.State) { o.count(s, -1) }
func (o *outage) changed(before, after *store.State) {
	o.count(before, -1)
	o.count(after, 1)
}

func (o *outage) count(s *store.State, n int) {
	if aliyun.AccountWide(s.Err) {
		o.failing += n
	} else if s.Job.Ended() || s.Job.Status() == aliyun.StatusPlanned {
		return // it would not be asked for long, and says nothing till then
	}
	o.total += n
}

// ended takes the outcome of a poll and says whether it ended an outage. One
// batch that goes on failing is no news; twice as many as there are slots that
// begin to fail with no answer in between are, and so is the last one. now is
// when the poll ended, next is an interval after it began.
func (o *outage) ended(before, after *store.State, slots int, now, next time.Time) bool {
	if !aliyun.AccountWide(after.Err) {
		recovered := o.down
		o.down, o.fresh = false, 0
		return recovered
	}
	failing, total := o.failing, o.total
	if !aliyun.AccountWide(before.Err) {
		o.fresh++
		failing++
		if before.Job.Ended() || before.Job.Status() == aliyun.StatusPlanned {
			total++
		}
	}
	switch {
	case o.down || o.fresh == 0: // known, or the batch's own
	case failing >= total:
		o.down, o.probeAt = true, next
	case o.fresh >= 2*slots:
		// Perhaps these have a fault in common that the rest has not: ask
		// one of the rest right away.
		o.down, o.probeAt = true, now
	}
	return false
}

// probe takes a batch that may be answered, once an interval.
func (p *Plan) probe(now time.Time) *Batch {
	if now.Before(p.outage.probeAt) {
		return nil
	}
	var best *Batch
	for jobID, b := range p.Batches {
		if p.Flying[jobID] == nil && (best == nil || b.likelierThan(best)) {
			best = b
		}
	}
	p.outage.probeAt = now.Add(p.Rules.Interval)
	return best
}

// likelierThan says which of two batches is the likelier to be answered: one
// that does not fail, by its latest answer, else the one not asked for longest,
// so that each gets its turn.
func (b *Batch) likelierThan(other *Batch) bool {
	switch failing := aliyun.AccountWide(b.State.Err); {
	case failing != aliyun.AccountWide(other.State.Err):
		return !failing
	case !failing && !b.State.AsOf.Equal(other.State.AsOf):
		return b.State.AsOf.After(other.State.AsOf)
	case !b.State.Asked.Equal(other.State.Asked):
		return b.State.Asked.Before(other.State.Asked)
	}
	// Neither was ever asked: the farther away in the configuration from
	// those that were, the likelier it is another instance's.
	return b.seq > other.seq
}

// pardon lets every batch that failed in the outage go on as if it had not.
// Those that failed while others were answered have a fault of their own.
func (p *Plan) pardon() {
	for jobID, b := range p.Batches {
		if p.Flying[jobID] == nil && aliyun.AccountWide(b.State.Err) && b.State.ErrAt.After(p.outage.since) {
			b.pardoned = true
			p.enqueue(b)
		}
	}
}
