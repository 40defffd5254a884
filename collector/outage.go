package collector

import (
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// outage notices when everything of one account and operation fails for a
// reason that is not a batch's own: a wrong key, a missing permission, an
// endpoint that is not there. Then one batch is asked an interval until one
// is answered, and all go on at once: recovery takes one interval, and a bad
// key does not burn the quota.
type outage struct {
	down    bool
	probeAt time.Time // of the next attempt, while down
	total   int       // batches in the plan
	failing int       // of them, those whose last poll failed that way
	fresh   int       // polls in a row that failed of batches that had not failed before
}

// common says whether a poll failed for a reason that other batches share.
func common(err *aliyun.Error) bool {
	if err == nil {
		return false
	}
	switch err.Class {
	case aliyun.ClassAuth, aliyun.ClassPermission, aliyun.ClassTransport, aliyun.ClassTimeout:
		return true
	}
	return false
}

func (o *outage) added(s *State)   { o.total++; o.count(s, 1) }
func (o *outage) removed(s *State) { o.total--; o.count(s, -1) }
func (o *outage) changed(before, after *State) {
	o.count(before, -1)
	o.count(after, 1)
}

func (o *outage) count(s *State, n int) {
	if common(s.Err) {
		o.failing += n
	}
}

// ended takes the outcome of a poll and says whether it ended an outage. One
// batch that goes on failing is no news; twice as many as there are slots that
// begin to fail with no answer in between are, and so is the last one.
func (o *outage) ended(before, after *State, slots int, probeAt time.Time) bool {
	if !common(after.Err) {
		recovered := o.down
		o.down, o.fresh = false, 0
		return recovered
	}
	failing := o.failing
	if !common(before.Err) {
		o.fresh++
		failing++
	}
	if !o.down && (o.fresh >= 2*slots || failing >= o.total) {
		o.down = true
		o.probeAt = probeAt
	}
	return false
}

// probe takes the batch that was not asked for the longest time, once an
// interval: a single one that never answers does not keep the others waiting.
func (p *plan) probe(now time.Time) *batch {
	if now.Before(p.outage.probeAt) {
		return nil
	}
	var oldest *batch
	for jobID, b := range p.batches {
		if p.flying[jobID] != nil {
			continue
		}
		if oldest == nil || b.state.Asked.Before(oldest.state.Asked) ||
			b.state.Asked.Equal(oldest.state.Asked) && b.place.seq < oldest.place.seq {
			oldest = b
		}
	}
	p.outage.probeAt = now.Add(p.rules.Interval)
	return oldest
}

// pardon lets every batch that failed in the outage go on as if it had not.
func (p *plan) pardon() {
	for jobID, b := range p.batches {
		if p.flying[jobID] == nil && common(b.state.Err) {
			p.enqueue(b, true)
		}
	}
}
