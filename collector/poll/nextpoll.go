package poll

import (
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/schedule"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// NextPoll is when the exporter means to ask about a batch again.
type NextPoll struct {
	At       time.Time // once there is a slot; one that has passed waits for it
	UnderWay bool      // a call is being made, and at means nothing
	ByList   bool      // by a list that shows the batch, rather than by QueryOTAJob
}

// NextPolls says when each of these batches is asked for again. Those of an account
// stand side by side. One that is not watched any more has the zero value.
func (p *Poller) NextPolls(states []*store.State) []NextPoll {
	watchers := p.all()
	all := make([]NextPoll, 0, len(states))
	for len(states) > 0 {
		account := states[0].Account
		n := 0 // batches of the account
		for n < len(states) && states[n].Account == account {
			n++
		}
		w := watchers[account]
		if w == nil {
			all = append(all, make([]NextPoll, n)...)
		} else {
			w.mu.Lock()
			for _, s := range states[:n] {
				next := NextPoll{}
				if b := w.plan.Batches[s.JobID]; b != nil {
					next = w.nextPoll(b)
				}
				all = append(all, next)
			}
			w.mu.Unlock()
		}
		states = states[n:]
	}
	return all
}

// nextPoll is that of one batch. w.mu is held.
func (w *watcher) nextPoll(b *schedule.Batch) NextPoll {
	s := b.State
	if w.plan.Flying[s.JobID] != nil {
		return NextPoll{UnderWay: true}
	}
	next := NextPoll{At: w.plan.DueAt(b)}
	if s.Listed.IsZero() || s.Job == nil || s.Job.FirmwareID == nil {
		return next
	}
	list := w.batches.rota.Things[target.Firmware{Instance: s.Instance, ID: *s.Job.FirmwareID}]
	if list != nil && list.Place.Index >= 0 && list.Place.At.Before(next.At) {
		return NextPoll{At: list.Place.At, ByList: true}
	}
	return next
}
