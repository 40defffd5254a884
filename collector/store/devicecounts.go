package store

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// Confirm is the state that only batches with NeedConfirm have devices in.
const Confirm = "CONFIRM"

// DeviceCounts say how many devices of a batch are in which state. They are
// all of one round, and not changed once they are published.
type DeviceCounts struct {
	ByStatus map[string]int // without a state that was not counted
	Total    int            // of all states, as the API says
	AsOf     time.Time      // when the round began
	// FinishedAt is when the round began that was the first with today's number of
	// finished devices; that of the first round at all while the number has not changed.
	FinishedAt time.Time
}

// Following gives the counts as those that follow before, which is nil for the first.
func (d *DeviceCounts) Following(before *DeviceCounts) *DeviceCounts {
	next := *d
	next.FinishedAt = d.AsOf
	if before != nil && before.finished() == d.finished() {
		next.FinishedAt = before.FinishedAt
	}
	return &next
}

// finished counts the devices that will not change any more.
func (d *DeviceCounts) finished() int {
	n := 0
	for _, status := range aliyun.FinishedTaskStatuses {
		n += d.ByStatus[status]
	}
	return n
}

// LastFinished is when the number of finished devices last changed, in the time of the
// data and as far as it was seen: not before the first count, and not before the start
// of the batch. Zero: its devices are not counted.
func (s *State) LastFinished() time.Time {
	switch {
	case s.Devices == nil:
		return time.Time{}
	case s.Job == nil || s.Job.UtcStartTime == nil:
		return s.Devices.FinishedAt
	}
	return Later(s.Devices.FinishedAt, *s.Job.UtcStartTime)
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
	if _, all := d.ByStatus[Confirm]; !all {
		n += max(0, d.Total-Sum(d.ByStatus))
	}
	return n
}

// TaskStatuses are the states that were counted: the documented ones in their
// order, then others that the API may have come to know.
func TaskStatuses(counts map[string]int) []string {
	var counted []string
	for _, status := range aliyun.TaskStatuses {
		if _, ok := counts[status]; ok {
			counted = append(counted, status)
		}
	}
	for _, status := range slices.Sorted(maps.Keys(counts)) {
		if !slices.Contains(aliyun.TaskStatuses, status) {
			counted = append(counted, status)
		}
	}
	return counted
}

// Sum adds up the devices of all states.
func Sum(counts map[string]int) (all int) {
	for _, n := range counts {
		all += n
	}
	return all
}

// WantsCount says whether the devices of a batch are to be counted, or counted
// again: while it is live, and after its end while a device is. A planned one
// is counted once, for its deadline.
func WantsCount(s *State) bool {
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

// Ended is when a batch ended, as well as it is known; zero: it has not.
func Ended(s *State) time.Time {
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
