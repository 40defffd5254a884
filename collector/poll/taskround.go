package poll

import (
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/reason"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
)

// taskRound is one count of the device tasks of a batch: first a page of all tasks,
// which is enough for a small batch, then the Total of each status.
type taskRound struct {
	started time.Time
	total   int
	counts  map[string]int // by status
	whole   bool           // all tasks were on the first page
	failed  []aliyun.Task  // a page with those that are FAILED
	open    int            // calls under way or still to make
	// The last call, or the first one that failed.
	ended     time.Time
	requestID string
	failure   *aliyun.Error // nil: no call has failed
}

// first takes up the page of all tasks and returns the statuses that are still to be
// counted. confirm includes CONFIRM.
func (r *taskRound) first(page aliyun.List[aliyun.Task], confirm bool) (statuses []string) {
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
		r.failed = page.Entries
		return nil
	}
	for _, status := range aliyun.TaskStatuses {
		if status != aliyun.TaskConfirm || confirm {
			statuses = append(statuses, status)
		}
	}
	return statuses
}

// count takes up how many tasks have a status.
func (r *taskRound) count(status string, page aliyun.List[aliyun.Task]) {
	r.counts[status] = page.Total
	if status == aliyun.TaskFailed {
		r.failed = page.Entries
	}
}

// unfiltered reports that the API ignored TaskStatus, which no document rules out. Then
// each status seems to have every task; in fact only one can have more than half.
func (r *taskRound) unfiltered() bool {
	for _, n := range r.counts {
		if n <= r.total/2 {
			return false
		}
	}
	return len(r.counts) > 1
}

// result is what the round has counted, or nil and why if the numbers are inconsistent.
// Devices change their status between the calls, but if a twentieth or more did,
// something is wrong, or the round took too long.
func (r *taskRound) result(rules reason.Rules) (counts *store.DeviceCounts, why string) {
	if !r.whole && r.unfiltered() {
		return nil, "ListOTATaskByJob does not filter by TaskStatus"
	}
	counts = &store.DeviceCounts{ByStatus: r.counts, Total: r.total, AsOf: r.started}
	counted := counts.Sum()
	off, allowed := max(counted-r.total, r.total-counted), max(10, r.total/20)
	if r.whole {
		allowed = 0
	} else if _, all := r.counts[aliyun.TaskConfirm]; !all && counted < r.total {
		off = 0 // the others may be in CONFIRM, which the next round counts
	}
	if off > allowed {
		return nil, "the counts of the task statuses do not add up to the count of all devices"
	}
	counts.Reasons, counts.Failed = failures(r.failed, r.counts[aliyun.TaskFailed], rules)
	return counts, ""
}
