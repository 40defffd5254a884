package pages

import (
	"strconv"
)

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

// Rate says how fast devices finish and when all have finished.
func (r *pageRow) Rate() string {
	rate, over, ok := r.Devices.Rate()
	switch {
	case r.Devices == nil || r.Job.Ended():
		return ""
	case !ok:
		return "The rate is known after two counts that are at least a minute apart."
	case rate == 0:
		return "No device finished in the last " + span(over) + "."
	}
	text := strconv.FormatFloat(rate, 'g', 3, 64) + " devices finish in a minute, measured over the last " + span(over) + "."
	if at, ok := r.FinishesAt(); ok {
		text += " At this rate all have finished in " + span(max(0, at.Sub(r.now))) + ", at " + newInstant(at, r.now).UTC + "."
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
