package simulator

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Limits by Alibaba's page of ListOTATaskByJob.
const (
	maxTaskDepth   = 100_000 // CurrentPage × PageSize
	maxDeviceNames = 50
)

func (s *Simulator) listOTATaskByJob(c *call, now time.Time) (object, *apiError) {
	p, refused := c.page(100, false)
	if refused != nil {
		return nil, refused
	}
	if p.current*p.size > maxTaskDepth {
		return nil, businessError("iot.common.InvalidPageParams")
	}
	state := anyState
	if name := c.params.Get("TaskStatus"); name != "" {
		if state = slices.Index(stateNames[:], name); state < 0 {
			return nil, businessError("iot.firmware.InvalidTaskStatus")
		}
	}
	v, refused := s.job(c)
	if refused != nil {
		return nil, refused
	}
	w := v.view(now)
	var devices []int
	var total int
	switch names := c.deviceNames(); {
	case len(names) > maxDeviceNames:
		return nil, businessError("iot.system.IllegalRequest")
	case len(names) > 0: // they take the place of a page
		devices = w.named(names, state)
		total, p = len(devices), page{1, maxDeviceNames}
	default:
		devices, total = w.page(state, p)
	}
	var entries []any
	for _, i := range devices {
		entries = append(entries, w.task(i))
	}
	return list(p, total, "Data", "SimpleOTATaskInfo", entries), nil
}

// deviceNames is DeviceNames.1, DeviceNames.2 and so on, until one is missing or
// there are too many.
func (c *call) deviceNames() []string {
	var names []string
	for len(names) <= maxDeviceNames {
		name := "DeviceNames." + strconv.Itoa(len(names)+1)
		if !c.params.Has(name) {
			break
		}
		names = append(names, c.params.Get(name))
	}
	return names
}

// named returns the devices with one of the names that are in a state.
func (w view) named(names []string, state int) (devices []int) {
	for _, name := range names {
		number, ok := strings.CutPrefix(name, devicePrefix)
		i, err := strconv.Atoi(number)
		if ok && err == nil && i >= 0 && i < w.total && (state == anyState || w.state(i) == state) {
			devices = append(devices, i)
		}
	}
	return devices
}

// devicePrefix begins each DeviceName; the index follows.
const devicePrefix = "device-"

// task is a device's task as ListOTATaskByJob shows it.
func (w view) task(i int) object {
	v := w.v
	state := w.state(i)
	modified, progress, desc := v.Create, "0.00", ""
	if w.fixed == nil {
		modified, progress, desc = w.detail(i, state)
	} else if state == stateSucceeded {
		progress = "100.00"
	}
	src := v.fw.SrcVersion
	if n := len(v.SrcVersions); n > 0 {
		src = v.SrcVersions[i%n]
	}
	o := object{
		{"TaskId", taskID(v.seed, i)},
		{"JobId", v.JobID},
		{"FirmwareId", v.FirmwareID},
		{"ProductKey", v.fw.ProductKey},
		{"ProductName", v.fw.ProductName},
		{"DeviceName", fmt.Sprintf("%s%06d", devicePrefix, i)},
		{"IotId", taskID(v.seed+1, i)},
		{"SrcVersion", src},
		{"DestVersion", v.fw.DestVersion},
		{"TaskStatus", stateNames[state]},
		{"TaskDesc", desc},
		{"Progress", progress},
		{"UtcCreate", utc(v.Create)},
		{"UtcModified", utc(modified)},
	}
	if v.TimeoutInMinutes > 0 {
		o.add("Timeout", strconv.Itoa(v.TimeoutInMinutes))
	}
	return o
}

// detail is when a task came into its state, its progress in percent and what is
// said of it.
func (w view) detail(i, state int) (modified time.Time, progress, desc string) {
	v := w.v
	s := v.segmentOf(i)
	at := v.pushIn(s, i)
	c := v.course(i%period, s.pace)
	progress = "0.00"
	var moved time.Duration // into its state, since the start
	switch state {
	case stateCancelled:
		moved, desc = w.at, "the OTA task was canceled"
	case stateConfirm:
	case stateQueued:
		moved = v.confirmed(i)
	case stateNotified:
		moved = at
	case stateInProgress:
		moved = at + c.report
		if c.end != never {
			progress = fmt.Sprintf("%.2f", 99*float64(w.at-moved)/float64(c.end-c.report))
		}
	case stateSucceeded:
		moved, progress = at+c.end, "100.00"
	case stateFailed:
		moved, desc = at+c.end, "report version is not conform"
		if c.timeout {
			desc = "timeout"
		}
	}
	if modified = v.start.Add(moved); modified.Before(v.Create) || moved == 0 && state < stateNotified {
		modified = v.Create
	}
	return modified, progress, desc
}

// taskID is an id that no other device of the batch has, and hardly one of another.
func taskID(seed uint64, i int) string {
	return fmt.Sprintf("%016x%06x", mix(seed+uint64(i)), i&0xffffff)
}
