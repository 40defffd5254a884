package pages

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/advice"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/phrase"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/poll"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
)

// Batch is one batch with what the pages show beside its state.
type Batch struct {
	*store.State
	Next     poll.NextPoll
	Deadline time.Time   // zero: none
	Basis    string      // of the deadline
	Overdue  bool        // it continues after its deadline
	Cure     phrase.Text // for Err; nil without one
	// DevicesCure is the cure for DevicesErr; nil without one.
	DevicesCure phrase.Text
	Firmware    *aliyun.Firmware // not nil; without a firmware list, all of its fields are nil
}

// Selection is what the parameters of /jobs select.
type Selection struct {
	Watched int // batches in the store
	Found   int // batches of the selection
	Batches iter.Seq[Batch]
}

// Select returns the batches that the parameters of /jobs select, all pages of them, in the
// order of the page. The caller reads further parameters, whose names are in more. The error is
// an InvalidQuery. If ctx ends, the selection is empty.
func (s Site) Select(ctx context.Context, rawQuery string, now time.Time, more ...string) (Selection, error) {
	query, err := parsePageQuery(rawQuery, more...)
	if err != nil {
		return Selection{}, err
	}
	rows := pageRows(s.Store.Snapshot(), s.Store, now)
	if err := query.resolve(rows); err != nil {
		return Selection{}, err
	}
	found := query.of(ctx, rows)
	showNext(s.Poller, found)
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
func (s Site) Find(account, jobID string, now time.Time) (b Batch, ok bool) {
	state := s.state(account, jobID)
	if state == nil {
		return Batch{}, false
	}
	rows := pageRows([]*store.State{state}, s.Store, now)
	showNext(s.Poller, rows)
	return rows[0].batch(), true
}

// state returns the state of a batch, or nil if it is not watched. It also finds one whose address
// a proxy has escaped twice.
func (s Site) state(account, jobID string) *store.State {
	return cmp.Or(s.Store.Get(account, jobID), s.Store.Get(unescaped(account), unescaped(jobID)))
}

func (r *pageRow) batch() Batch {
	b := Batch{State: r.State, Next: r.next, Deadline: r.deadline, Basis: r.Basis, Overdue: r.Overdue(), Firmware: r.Firmware}
	if r.Err != nil {
		b.Cure = advice.Cure(r.Err, r.Instance, r.subject())
	}
	if r.DevicesErr != nil {
		b.DevicesCure = advice.Cure(r.DevicesErr, r.Instance, r.subject())
	}
	return b
}

// sortKey is the key of a row in a sort. It is computed once for each row, because that is
// expensive for some columns. The fields are compared in their order. Each column uses some.
type sortKey struct {
	absent        bool // no value: last in both directions
	number        float64
	first, second string
	at            time.Time
}

func (k *sortKey) compare(other *sortKey) int {
	if c := cmp.Compare(k.number, other.number); c != 0 {
		return c
	}
	if c := strings.Compare(k.first, other.first); c != 0 {
		return c
	}
	if c := strings.Compare(k.second, other.second); c != 0 {
		return c
	}
	return k.at.Compare(other.at)
}

// sorted returns the rows in the order of the query. Equal rows keep their order.
func (q pageQuery) sorted(rows []*pageRow) []*pageRow {
	key := byUrgency
	if column, ok := q.column(); ok {
		key = column.sortKey
	}
	keys := make([]sortKey, len(rows))
	order := make([]int, len(rows))
	for i, r := range rows {
		keys[i], order[i] = key(r), i
	}
	slices.SortFunc(order, func(i, j int) int {
		a, b := &keys[i], &keys[j]
		if a.absent != b.absent {
			return boolOrder(a.absent) - boolOrder(b.absent)
		}
		c := a.compare(b)
		if q.descending {
			c = -c
		}
		if a.absent || c == 0 {
			return i - j
		}
		return c
	})
	sorted := make([]*pageRow, len(rows))
	for to, from := range order {
		sorted[to] = rows[from]
	}
	return sorted
}
