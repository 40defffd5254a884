package store

import (
	"slices"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// finishedCount is how many devices had finished when a round of counts began.
type finishedCount struct {
	At       time.Time
	Finished int
}

const (
	// earlierEvery and maxEarlier make the rate one of the last hour, and bound what is kept
	// for it.
	earlierEvery = 10 * time.Minute
	maxEarlier   = 6
	// minRateSpan is the shortest time that a rate is measured over.
	minRateSpan = time.Minute
)

// withItself is earlier of the counts after d; d may be nil.
func (d *DeviceCounts) withItself() []finishedCount {
	if d == nil {
		return nil
	}
	n := len(d.earlier)
	if n > 0 && d.AsOf.Sub(d.earlier[n-1].At) < earlierEvery {
		return d.earlier
	}
	return slices.Concat(d.earlier[max(0, n+1-maxEarlier):], []finishedCount{{d.AsOf, d.Finished()}})
}

// Rate is how many devices finish in a minute, measured over the last hour or the shorter
// time since the exporter first counted them. It is not ok before there are two counts, or
// if devices have left the batch meanwhile.
func (d *DeviceCounts) Rate() (perMinute float64, over time.Duration, ok bool) {
	if d == nil || len(d.earlier) == 0 {
		return 0, 0, false
	}
	first := d.earlier[0]
	over = d.AsOf.Sub(first.At)
	finished := d.Finished() - first.Finished
	if over < minRateSpan || finished < 0 {
		return 0, 0, false
	}
	return float64(finished) / over.Minutes(), over, true
}

// FinishesAt is when the last device finishes if they go on at their rate. It is not ok if
// the batch is not running, if it takes in new devices, if no device is left or if none
// finishes.
func (s *State) FinishesAt() (at time.Time, ok bool) {
	rate, _, known := s.Devices.Rate()
	if !known || rate == 0 || s.Job.Status() != aliyun.StatusInProgress || s.Job.Dynamic() {
		return at, false
	}
	left := s.Devices.Unfinished()
	if left == 0 {
		return at, false
	}
	minutes := min(float64(left)/rate, century)
	return s.Devices.AsOf.Add(time.Duration(minutes * float64(time.Minute))), true
}
