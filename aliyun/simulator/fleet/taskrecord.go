package fleet

import (
	"cmp"
	"fmt"
	"strconv"
	"time"
)

// devicePrefix is the beginning of each DeviceName. The index follows.
const devicePrefix = "device-"

// task returns a device task as ListOTATaskByJob shows it.
func (w Tasks) task(i int) Record {
	v := w.v
	state := w.state(i)
	modified, progress, desc := v.Create, "0.00", ""
	switch {
	case w.fixed == nil:
		modified, progress, desc = w.detail(i, state)
	case state == stateSucceeded:
		progress = "100.00"
	case state == stateFailed:
		failure := v.failure(i, course{})
		progress, desc = cmp.Or(failure.Progress, progress), failure.Desc
	}
	src := v.fw.SrcVersion
	if n := len(v.SrcVersions); n > 0 {
		src = v.SrcVersions[i%n]
	}
	r := Record{
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
		r.add("Timeout", strconv.Itoa(v.TimeoutInMinutes))
	}
	return r
}

// detail returns when a task came into its state, its progress in percent and its
// description.
func (w Tasks) detail(i, state int) (modified time.Time, progress, desc string) {
	v := w.v
	s := v.segmentOf(i)
	at := v.pushIn(s, i)
	c := v.course(i%period, s.pace)
	progress = "0.00"
	var moved time.Duration // time of the last change, since the start
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
		failure := v.failure(i, c)
		moved, progress, desc = at+c.end, cmp.Or(failure.Progress, progress), failure.Desc
	}
	if modified = v.start.Add(moved); modified.Before(v.Create) || moved == 0 && state < stateNotified {
		modified = v.Create
	}
	return modified, progress, desc
}

// taskID returns an id that is unique in the batch and probably unique among all batches.
func taskID(seed uint64, i int) string {
	return fmt.Sprintf("%016x%06x", mix(seed+uint64(i)), i&0xffffff)
}
