package pages

import (
	"slices"
	"strconv"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// progress is the progress of the devices of a batch. The template uses the exported fields and
// methods.
type progress struct {
	finished float64 // share of the devices with a final task status, 0 to 1
	Total    int     // number of devices
	Bars     []bar
	Counts   []deviceCount // without the statuses of no device
}

// bar is one part of the progress bar, in percent of its width.
type bar struct{ Status, From, Width string }

type deviceCount struct {
	Status  string
	Devices int
}

// Progress returns the progress, nil if no devices are counted.
func (r *pageRow) Progress() *progress {
	if r.Devices == nil || r.Devices.Total == 0 {
		return nil
	}
	p := &progress{Total: r.Devices.Total}
	for _, status := range r.Devices.Statuses() {
		n := r.Devices.ByStatus[status]
		if n == 0 {
			continue
		}
		p.Counts = append(p.Counts, deviceCount{status, n})
		if slices.Contains(aliyun.FinishedTaskStatuses, status) {
			share := float64(n) / float64(p.Total)
			p.Bars = append(p.Bars, bar{status, inPercent(p.finished), inPercent(share)})
			p.finished += share
		}
	}
	p.finished = min(p.finished, 1) // devices change their status while they are counted
	return p
}

// finished returns the share of the devices with a final task status. ok is false if no devices
// are counted.
func (r *pageRow) finished() (share float64, ok bool) {
	if r.Devices == nil || r.Devices.Total == 0 {
		return 0, false
	}
	devices := 0
	for _, status := range aliyun.FinishedTaskStatuses {
		devices += r.Devices.ByStatus[status]
	}
	return min(float64(devices)/float64(r.Devices.Total), 1), true
}

// Percent returns the finished share in percent. It is 100.0 only if all devices have finished.
func (p *progress) Percent() string {
	if p.finished < 1 {
		return inPercent(min(p.finished, 0.999))
	}
	return inPercent(1)
}

func inPercent(share float64) string { return strconv.FormatFloat(100*share, 'f', 1, 64) }
