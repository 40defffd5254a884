package collector

import "time"

// nextPoll is when the exporter means to ask about a batch again.
type nextPoll struct {
	at       time.Time // once there is a slot; one that has passed waits for it
	underWay bool      // a call is being made, and at means nothing
	byList   bool      // by a list that shows the batch, rather than by QueryOTAJob
}

// nextPolls are those of all batches that are watched.
func (p *Poller) nextPolls() map[key]nextPoll {
	all := make(map[key]nextPoll)
	for _, w := range p.all() {
		w.mu.Lock()
		for jobID, b := range w.plan.batches {
			all[key{w.account.Name, jobID}] = w.nextPoll(b)
		}
		w.mu.Unlock()
	}
	return all
}

// nextPoll is that of one batch. w.mu is held.
func (w *watcher) nextPoll(b *batch) nextPoll {
	s := b.state
	if w.plan.flying[s.JobID] != nil {
		return nextPoll{underWay: true}
	}
	next := nextPoll{at: w.plan.dueAt(b)}
	if s.Listed.IsZero() || s.Job == nil || s.Job.FirmwareID == nil {
		return next
	}
	list := w.batches.rota.things[firmware{s.Instance, *s.Job.FirmwareID}]
	if list != nil && list.place.index >= 0 && list.place.at.Before(next.at) {
		return nextPoll{at: list.place.at, byList: true}
	}
	return next
}
