package pages

import (
	"context"
	"iter"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/poll"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
)

// Batch is one batch with what the pages show beside its state.
type Batch struct {
	*store.State
	Next     poll.NextPoll
	Deadline time.Time // zero: none
	Basis    string    // of the deadline
	Overdue  bool      // it continues after its deadline
	Cure     string    // for Err; "" without one
	// DevicesCure is the cure for DevicesErr; "" without one.
	DevicesCure string
}

// Selection is what the parameters of /jobs select.
type Selection struct {
	Watched int // batches in the store
	Found   int // batches of the selection
	Batches iter.Seq[Batch]
}

// Select returns the batches that the parameters of /jobs select, all pages of them, in the
// order of the page. The error is about the parameters. If ctx ends, the selection is empty.
func Select(ctx context.Context, rawQuery string, states *store.Store, poller *poll.Poller, now time.Time) (Selection, error) {
	query, err := parsePageQuery(rawQuery)
	if err != nil {
		return Selection{}, err
	}
	rows := pageRows(states.Snapshot(), states, now)
	found := query.of(ctx, rows)
	showNext(poller, found)
	sorted := query.sorted(found)
	return Selection{len(rows), len(found), func(yield func(Batch) bool) {
		for _, r := range sorted {
			if !yield(r.batch()) {
				return
			}
		}
	}}, nil
}

// Find returns one batch. It is not ok if the batch is not watched.
func Find(account, jobID string, states *store.Store, poller *poll.Poller, now time.Time) (b Batch, ok bool) {
	state := states.Get(account, jobID)
	if state == nil {
		return Batch{}, false
	}
	rows := pageRows([]*store.State{state}, states, now)
	showNext(poller, rows)
	return rows[0].batch(), true
}

func (r *pageRow) batch() Batch {
	b := Batch{State: r.State, Next: r.next, Deadline: r.deadline, Basis: r.Basis, Overdue: r.Overdue()}
	if r.Err != nil {
		b.Cure = r.Failure().Cure
	}
	if r.DevicesErr != nil {
		b.DevicesCure = r.DevicesCure()
	}
	return b
}
