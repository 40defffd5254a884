package pages

import (
	"slices"
	"strconv"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
)

// progress is the progress of the devices of a batch. The template uses the exported fields and
// methods.
type progress struct {
	Total             int // number of devices
	Succeeded, Failed int
	Bars              []bar
	Counts            []deviceCount // without the statuses of no device
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
	p := &progress{Total: r.Devices.Total, Succeeded: r.Devices.ByStatus[succeeded], Failed: r.Devices.ByStatus[store.Failed]}
	from := 0.0
	for _, status := range r.Devices.Statuses() {
		n := r.Devices.ByStatus[status]
		if n == 0 {
			continue
		}
		p.Counts = append(p.Counts, deviceCount{status, n})
		if slices.Contains(aliyun.FinishedTaskStatuses, status) {
			width := 100 * float64(n) / float64(p.Total)
			p.Bars = append(p.Bars, bar{status, strconv.FormatFloat(from, 'f', 1, 64), strconv.FormatFloat(width, 'f', 1, 64)})
			from += width
		}
	}
	return p
}

const succeeded = "SUCCEEDED"

// SucceededShare and FailedShare are shares of all devices: of a cancelled batch, most devices
// may have done neither.
func (p *progress) SucceededShare() string { return percent(p.Succeeded, p.Total) }
func (p *progress) FailedShare() string    { return percent(p.Failed, p.Total) }

// succeeded returns the share of the devices that have succeeded. ok is false if no devices are
// counted.
func (r *pageRow) succeeded() (share float64, ok bool) {
	if r.Devices == nil || r.Devices.Total == 0 {
		return 0, false
	}
	return min(float64(r.Devices.ByStatus[succeeded])/float64(r.Devices.Total), 1), true
}
