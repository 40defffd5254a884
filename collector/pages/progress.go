package pages

import (
	"slices"
	"strconv"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/phrase"
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
	p := &progress{Total: r.Devices.Total, Succeeded: r.Devices.ByStatus[aliyun.TaskSucceeded], Failed: r.Devices.ByStatus[aliyun.TaskFailed]}
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
	return min(float64(r.Devices.ByStatus[aliyun.TaskSucceeded])/float64(r.Devices.Total), 1), true
}

// stateCount is the number of devices with a task status.
type stateCount struct {
	deviceCount
	Share string // of all devices
}

// States returns the numbers of devices by task status, also those without devices.
func (r *pageRow) States() (all []stateCount) {
	if r.Devices == nil {
		return nil
	}
	for _, status := range r.Devices.Statuses() {
		n := r.Devices.ByStatus[status]
		all = append(all, stateCount{deviceCount{status, n}, percent(n, max(1, r.Devices.Total))})
	}
	return all
}

// Rate says how fast devices finish and when all have finished, nil if none does any more.
func (r *pageRow) Rate() phrase.Text {
	rate, over, ok := r.Devices.Rate()
	switch {
	case r.Devices == nil || r.Job.Ended():
		return nil
	case !ok:
		return phrase.Of("The rate is known after two counts that are at least a minute apart.")
	case rate == 0:
		return phrase.Of("No device finished in the last %s.", phrase.Span(over))
	}
	text := phrase.Sentences{phrase.Of("%s devices finish in a minute, measured over the last %s.", strconv.FormatFloat(rate, 'g', 3, 64), phrase.Span(over))}
	if at, ok := r.FinishesAt(); ok {
		text = append(text, phrase.Of("At this rate all have finished in %s, at %s.", phrase.Span(max(0, at.Sub(r.now))), newInstant(at, r.now).UTC))
	}
	return text
}

// CountsAge is how old the numbers of devices are, nil if there are none.
func (r *pageRow) CountsAge() *moment {
	if r.Devices == nil {
		return nil
	}
	return r.moment(r.Devices.AsOf)
}
