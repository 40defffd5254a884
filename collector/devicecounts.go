package collector

import (
	"maps"
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

// live counts the devices that can still change.
func (d *DeviceCounts) live() int {
	n := 0
	for _, status := range aliyun.TaskStatuses[:4] {
		n += d.ByStatus[status]
	}
	return n
}

// deviceRound is one count that is under way: an unfiltered page first, which
// holds everything of a small batch, then the Total of each state.
type deviceRound struct {
	started time.Time
	total   int
	counts  map[string]int
	open    int // calls under way or still to make
	failure *aliyun.Error
}

// first takes the unfiltered page and says which states are still to be
// counted. all asks for CONFIRM too.
func (r *deviceRound) first(page aliyun.List[aliyun.Task], all bool) (states []string) {
	r.total, r.counts = page.Total, make(map[string]int)
	if page.Total <= len(page.Entries) {
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
// then each state seems to hold every device.
func (r *deviceRound) unfiltered() bool {
	if r.total == 0 || len(r.counts) == 0 {
		return false
	}
	for _, n := range r.counts {
		if n != r.total {
			return false
		}
	}
	return len(r.counts) > 1
}

// result is the finished round, nil when its numbers do not go together:
// devices move between the calls, but a twentieth of them and more only if
// something is wrong, or the round took too long.
func (r *deviceRound) result() *DeviceCounts {
	sum := 0
	for n := range maps.Values(r.counts) {
		sum += n
	}
	off := max(sum-r.total, r.total-sum)
	if _, all := r.counts[confirm]; !all && sum < r.total {
		off = 0 // those left are perhaps in CONFIRM, which the next round counts
	}
	if off > max(10, r.total/20) {
		return nil
	}
	return &DeviceCounts{ByStatus: r.counts, Total: r.total, AsOf: r.started}
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
		return s.Devices.live() > 0 || s.Devices.AsOf.Before(ended(s))
	}
	return true
}

// ended is when a batch ended, as well as it is known; zero: it has not.
func ended(s *State) time.Time {
	switch {
	case s.Job == nil && s.Err != nil && s.Err.Class == aliyun.ClassNotFound:
		return s.ErrAt
	case !s.Job.Ended():
		return time.Time{}
	case s.Job.UtcEndTime != nil:
		return *s.Job.UtcEndTime
	case s.Job.UtcModified != nil:
		return *s.Job.UtcModified
	}
	return s.TrueAt()
}
