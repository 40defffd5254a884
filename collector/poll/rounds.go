package poll

import (
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
)

// deviceRound is one count that is under way: an unfiltered page first, which
// holds everything of a small batch, then the Total of each state.
type deviceRound struct {
	started time.Time
	total   int
	counts  map[string]int
	whole   bool // all devices were on the first page
	open    int  // calls under way or still to make
	failure *aliyun.Error
}

// first takes the unfiltered page and says which states are still to be
// counted. all asks for CONFIRM too.
func (r *deviceRound) first(page aliyun.List[aliyun.Task], all bool) (states []string) {
	r.total, r.counts = page.Total, make(map[string]int)
	if r.whole = page.Total <= len(page.Entries); r.whole {
		for _, status := range aliyun.TaskStatuses {
			r.counts[status] = 0
		}
		for _, task := range page.Entries {
			if task.TaskStatus != nil {
				r.counts[aliyun.Text(task.TaskStatus)]++
			}
		}
		return nil
	}
	for _, status := range aliyun.TaskStatuses {
		if status != store.Confirm || all {
			states = append(states, status)
		}
	}
	return states
}

// unfiltered says that the API ignored TaskStatus, which no page rules out:
// then each state seems to hold every device. More than half of them can be in
// one state only.
func (r *deviceRound) unfiltered() bool {
	for _, n := range r.counts {
		if n <= r.total/2 {
			return false
		}
	}
	return len(r.counts) > 1
}

// result is the finished round, nil and why when its numbers do not go
// together: devices move between the calls, but a twentieth of them and more
// only if something is wrong, or the round took too long.
func (r *deviceRound) result() (counts *store.DeviceCounts, why string) {
	if !r.whole && r.unfiltered() {
		return nil, "ListOTATaskByJob does not filter by TaskStatus"
	}
	counted := store.Sum(r.counts)
	off, allowed := max(counted-r.total, r.total-counted), max(10, r.total/20)
	if r.whole {
		allowed = 0
	} else if _, all := r.counts[store.Confirm]; !all && counted < r.total {
		off = 0 // those left are perhaps in CONFIRM, which the next round counts
	}
	if off > allowed {
		return nil, "the counts of the states do not add up to the count of all"
	}
	return &store.DeviceCounts{ByStatus: r.counts, Total: r.total, AsOf: r.started}, ""
}
