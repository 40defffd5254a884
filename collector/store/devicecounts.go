package store

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// DeviceCounts say how many devices of a batch have which task status. All numbers
// are of one round of calls. They must not be changed once they are in a State.
type DeviceCounts struct {
	ByStatus map[string]int // a status that was not counted is absent
	Total    int            // devices of all statuses, as the API says
	// Reasons says why the FAILED devices failed: how many for each reason, see package
	// reason. They add up to ByStatus["FAILED"]; nil: no device failed.
	Reasons map[string]int
	// Failed are the failed devices that were read, at most one page of them. The state file
	// does not keep them.
	Failed []FailedDevice
	AsOf   time.Time // when the round began
	// FinishedAt is when the first round began that counted this number of finished
	// devices. State.WithDevices sets it.
	FinishedAt time.Time
	// earlier are earlier counts of the finished devices, see Rate. The state file does not
	// keep them.
	earlier []finishedCount
}

// FailedDevice is a device of a batch whose upgrade failed. Its texts are what the device
// or the API sent, each in one short line that is safe to show. They may be on pages, but
// must not become labels, nor be logged or saved.
type FailedDevice struct {
	Name        string // DeviceName
	SrcVersion  string
	DestVersion string
	Text        string    // what is said about the failure; "": nothing is
	Reason      string    // the key of the device in [DeviceCounts.Reasons]
	At          time.Time // when the task last changed, which is when it failed; zero: unknown
}

// Statuses returns the task statuses that were counted: the documented ones in their
// order, then others that the API may have added.
func (d *DeviceCounts) Statuses() []string {
	var counted []string
	for _, status := range aliyun.TaskStatuses {
		if _, ok := d.ByStatus[status]; ok {
			counted = append(counted, status)
		}
	}
	for _, status := range slices.Sorted(maps.Keys(d.ByStatus)) {
		if !slices.Contains(aliyun.TaskStatuses, status) {
			counted = append(counted, status)
		}
	}
	return counted
}

// Sum adds up the counted devices. It can differ from Total.
func (d *DeviceCounts) Sum() (all int) {
	for _, n := range d.ByStatus {
		all += n
	}
	return all
}

// Finished is the number of devices that cannot change their status any more.
func (d *DeviceCounts) Finished() int {
	n := 0
	for _, status := range aliyun.FinishedTaskStatuses {
		n += d.ByStatus[status]
	}
	return n
}

// Unfinished is the number of devices that can still change their status. An unknown
// status counts as unfinished, and so do devices that may be in one that was not
// counted.
func (d *DeviceCounts) Unfinished() int {
	n := 0
	for status, devices := range d.ByStatus {
		if !slices.Contains(aliyun.FinishedTaskStatuses, status) {
			n += devices
		}
	}
	if _, all := d.ByStatus[aliyun.TaskConfirm]; !all {
		n += max(0, d.Total-d.Sum())
	}
	return n
}

// WantsCount reports whether the devices of a batch need to be counted, or counted
// again: while the batch is live, and after its end while a device is unfinished. A
// planned batch is counted once, for its deadline.
func (s *State) WantsCount() bool {
	switch status := s.Job.Status(); {
	case s.Job == nil:
		return false
	case s.Devices == nil:
		return true
	case status == aliyun.StatusPlanned:
		return false
	case s.Job.Ended():
		end := cmp.Or(s.Job.UtcEndTime, s.Job.UtcModified)
		return s.Devices.Unfinished() > 0 || end != nil && s.Devices.AsOf.Before(*end)
	}
	return true
}

// MayConfirm reports whether devices of the batch may be waiting in CONFIRM: the
// batch says so, or the last count found some or did not add up to all devices.
func (s *State) MayConfirm() bool {
	if s.Job != nil && s.Job.NeedConfirm != nil && *s.Job.NeedConfirm {
		return true
	}
	return s.Devices != nil && (s.Devices.Sum() < s.Devices.Total || s.Devices.ByStatus[aliyun.TaskConfirm] > 0)
}

// WithSize is the state after the API said how many devices the batch has.
func (s *State) WithSize(devices int) *State {
	if s.Job == nil || s.Size != nil && *s.Size == devices {
		return s
	}
	next := *s
	next.Size = &devices
	return &next
}

// WithDevices is the state after a successful round of counts, which it takes over. A
// batch that is gone has none.
func (s *State) WithDevices(counts *DeviceCounts) *State {
	if s.Job == nil {
		return s
	}
	counts.FinishedAt, counts.earlier = counts.AsOf, s.Devices.withItself()
	if s.Devices != nil && s.Devices.Finished() == counts.Finished() {
		counts.FinishedAt = s.Devices.FinishedAt
	}
	next := *s
	next.Devices, next.DevicesErr = counts, nil
	next.History = withOutcome(s.History, aliyun.OpListOTATaskByJob, nil, counts.AsOf)
	return &next
}

// WithDevicesErr is the state after a round of counts failed. Known counts stay and age.
func (s *State) WithDevicesErr(err *aliyun.Error, ended time.Time) *State {
	if s.Job == nil {
		return s
	}
	next := *s
	next.DevicesErr = err
	next.History = withOutcome(s.History, aliyun.OpListOTATaskByJob, err, ended)
	return &next
}

// WithoutDevices is the state of a batch whose devices are no longer counted.
func (s *State) WithoutDevices() *State {
	if s.Devices == nil && s.Size == nil && s.DevicesErr == nil {
		return s
	}
	next := *s
	next.Devices, next.Size, next.DevicesErr = nil, nil, nil
	return &next
}

// LastFinished is when the number of finished devices last changed, in data time and as
// far as it was seen: not before the first count, and not before the batch started.
// Zero: the devices are not counted.
func (s *State) LastFinished() time.Time {
	switch {
	case s.Devices == nil:
		return time.Time{}
	case s.Job == nil || s.Job.UtcStartTime == nil:
		return s.Devices.FinishedAt
	}
	return later(s.Devices.FinishedAt, *s.Job.UtcStartTime)
}
