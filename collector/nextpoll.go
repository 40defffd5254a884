package collector

import "time"

// nextPoll is when the exporter means to ask about a batch again.
type nextPoll struct {
	at       time.Time // once there is a slot; one that has passed waits for it
	underWay bool      // a call is being made, and at means nothing
	byList   bool      // by a list that shows the batch, rather than by QueryOTAJob
}

// showNext fills in when the batches of these rows are asked for. Those that are not
// watched any more stay as they are.
func (p *Poller) showNext(rows []*pageRow) {
	watchers := p.all()
	for len(rows) > 0 {
		account := rows[0].Account
		n := 0 // rows of the account, side by side
		for n < len(rows) && rows[n].Account == account {
			n++
		}
		if w := watchers[account]; w != nil {
			w.mu.Lock()
			for _, r := range rows[:n] {
				if b := w.plan.batches[r.JobID]; b != nil {
					r.next = w.nextPoll(b)
				}
			}
			w.mu.Unlock()
		}
		rows = rows[n:]
	}
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
