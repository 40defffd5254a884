package collector

import (
	"cmp"
	"slices"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// confirm is the state that only batches with NeedConfirm have devices in.
const confirm = "CONFIRM"

// DeviceCounts say how many devices of a batch are in which state. They are
// all of one round, and not changed once they are published.
type DeviceCounts struct {
	ByStatus map[string]int // without a state that was not counted
	Total    int            // of all states, as the API says
	AsOf     time.Time      // when the round began
}

// live counts the devices that can still change: in a state that nobody knows
// too, and those that are perhaps in one that was not counted.
func (d *DeviceCounts) live() int {
	n := 0
	for status, devices := range d.ByStatus {
		if !slices.Contains(aliyun.FinishedTaskStatuses, status) {
			n += devices
		}
	}
	if _, all := d.ByStatus[confirm]; !all {
		n += max(0, d.Total-sum(d.ByStatus))
	}
	return n
}

func sum(counts map[string]int) (all int) {
	for _, n := range counts {
		all += n
	}
	return all
}

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
				r.counts[str(task.TaskStatus)]++
			}
		}
		return nil
	}
	for _, status := range aliyun.TaskStatuses {
		if status != confirm || all {
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
func (r *deviceRound) result() (counts *DeviceCounts, why string) {
	if !r.whole && r.unfiltered() {
		return nil, "ListOTATaskByJob does not filter by TaskStatus"
	}
	counted := sum(r.counts)
	off, allowed := max(counted-r.total, r.total-counted), max(10, r.total/20)
	if r.whole {
		allowed = 0
	} else if _, all := r.counts[confirm]; !all && counted < r.total {
		off = 0 // those left are perhaps in CONFIRM, which the next round counts
	}
	if off > allowed {
		return nil, "the counts of the states do not add up to the count of all"
	}
	return &DeviceCounts{ByStatus: r.counts, Total: r.total, AsOf: r.started}, ""
}

// wantsCount says whether the devices of a batch are to be counted, or counted
// again: while it is live, and after its end while a device is. A planned one
// is counted once, for its deadline.
func wantsCount(s *State) bool {
	switch status := s.Job.Status(); {
	case s.Job == nil:
		return false
	case s.Devices == nil:
		return true
	case status == aliyun.StatusPlanned:
		return false
	case s.Job.Ended():
		end := cmp.Or(s.Job.UtcEndTime, s.Job.UtcModified)
		return s.Devices.live() > 0 || end != nil && s.Devices.AsOf.Before(*end)
	}
	return true
}

// ended is when a batch ended, as well as it is known; zero: it has not.
func ended(s *State) time.Time {
	switch {
	case s.Job == nil: // gone, or never polled
		return s.TrueAt()
	case !s.Job.Ended():
		return time.Time{}
	case s.Job.UtcEndTime != nil:
		return *s.Job.UtcEndTime
	case s.Job.UtcModified != nil:
		return *s.Job.UtcModified
	}
	return s.TrueAt()
}
