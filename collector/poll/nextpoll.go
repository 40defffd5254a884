package poll

import (
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// NextPoll is when the exporter means to ask about a batch again.
type NextPoll struct {
	At       time.Time // as soon as there is a slot; one in the past waits for it
	UnderWay bool      // a call is being made; At is zero
	ByList   bool      // by a job list, not by QueryOTAJob
}

// NextPolls returns when each of these batches is asked for again. Batches of one
// account must stand side by side. A batch that is no longer watched has the zero value.
func (p *Poller) NextPolls(states []*store.State) []NextPoll {
	accounts := p.all()
	all := make([]NextPoll, 0, len(states))
	for len(states) > 0 {
		account := states[0].Account
		n := 0 // batches of the account
		for n < len(states) && states[n].Account == account {
			n++
		}
		if a := accounts[account]; a != nil {
			all = a.appendNextPolls(all, states[:n])
		} else {
			all = append(all, make([]NextPoll, n)...)
		}
		states = states[n:]
	}
	return all
}

func (a *account) appendNextPolls(all []NextPoll, states []*store.State) []NextPoll {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, s := range states {
		all = append(all, a.nextPoll(s))
	}
	return all
}

// nextPoll is that of one batch. a.mu is held.
func (a *account) nextPoll(s *store.State) NextPoll {
	at, polling, ok := a.plan.DueAt(s.JobID)
	switch {
	case !ok:
		return NextPoll{}
	case polling:
		return NextPoll{UnderWay: true}
	}
	if s.Listed.IsZero() || s.Job == nil || s.Job.FirmwareID == nil {
		return NextPoll{At: at}
	}
	list, ok := a.jobLists.due.DueAt(target.Firmware{Instance: s.Instance, ID: *s.Job.FirmwareID})
	if ok && list.Before(at) {
		return NextPoll{At: list, ByList: true}
	}
	return NextPoll{At: at}
}
