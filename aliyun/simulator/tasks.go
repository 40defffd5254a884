package simulator

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Limits of ListOTATaskByJob by Alibaba's page of it.
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
	state := -1
	if name := c.params.Get("TaskStatus"); name != "" {
		if state = stateOf(name); state < 0 {
			return nil, businessError("iot.firmware.InvalidTaskStatus")
		}
	}
	v, refused := s.job(c)
	if refused != nil {
		return nil, refused
	}
	w := v.view(now)
	devices, total := w.named(c, state)
	switch {
	case len(devices) > maxDeviceNames:
		return nil, businessError("iot.system.IllegalRequest")
	case devices == nil:
		devices, total = w.page(state, p)
	default:
		p = page{1, maxDeviceNames}
	}
	var entries []any
	for _, i := range devices {
		entries = append(entries, w.task(i))
	}
	return list(p, total, "Data", "SimpleOTATaskInfo", entries), nil
}

// named returns the devices of DeviceNames.1, DeviceNames.2, …, which take the
// place of a page; nil if there is no such parameter.
func (w view) named(c *call, state int) (devices []int, total int) {
	for n := 1; c.params.Has("DeviceNames." + strconv.Itoa(n)); n++ {
		if devices == nil {
			devices = []int{}
		}
		name := c.params.Get("DeviceNames." + strconv.Itoa(n))
		number, ok := strings.CutPrefix(name, w.v.prefix()+"-")
		i, err := strconv.Atoi(number)
		if ok && err == nil && i >= 0 && i < w.total && (state < 0 || w.state(i) == state) {
			devices = append(devices, i)
		}
		if n > maxDeviceNames {
			return make([]int, n), 0
		}
	}
	return devices, len(devices)
}

func (v *batch) prefix() string {
	if v.Devices.Prefix == "" {
		return "device"
	}
	return v.Devices.Prefix
}

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
		{"DeviceName", fmt.Sprintf("%s-%06d", v.prefix(), i)},
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

// detail is when a task came into its state, how far it is and what is said of it.
func (w view) detail(i, state int) (modified time.Time, progress, desc string) {
	v := w.v
	at := v.push(i)
	c := v.course(i%period, v.paceOf(i))
	progress = "0.00"
	moved := time.Duration(0)
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
			desc = "the OTA task timed out"
		}
	}
	if modified = v.start.Add(moved); modified.Before(v.Create) || moved == 0 && state < stateNotified {
		modified = v.Create
	}
	return modified, progress, desc
}

func taskID(seed uint64, i int) string {
	return fmt.Sprintf("%016x%06x", mix(seed+uint64(i)), i&0xffffff)
}
