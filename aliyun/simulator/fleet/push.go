package fleet

import (
	"math"
	"sort"
	"time"
)

// segment is a range of devices to which the package is pushed at one pace.
type segment struct {
	from       time.Duration // since the start of the batch
	first, end int           // the devices in [first, end)
	pace       pace
}

// planPush derives the segments. The push goes through the devices in the order of their
// index, so each segment is a range.
func (v *Job) planPush() {
	v.segments = nil
	for _, r := range v.revisions {
		from := max(r.since.Sub(v.start), 0)
		first := 0
		if n := len(v.segments); n > 0 && from > 0 {
			last := &v.segments[n-1]
			// Only devices that have matched by then can have been pushed.
			first = last.first + sort.Search(max(v.total(from)-last.first, 0), func(i int) bool {
				return v.pushIn(*last, last.first+i) >= from
			})
			last.end = first
		} else {
			v.segments = nil // no device had the earlier pace
		}
		v.segments = append(v.segments, segment{from, first, math.MaxInt, r.pace})
	}
}

// segmentOf returns the segment of a device.
func (v *Job) segmentOf(i int) segment {
	k := len(v.segments) - 1
	for i < v.segments[k].first {
		k--
	}
	return v.segments[k]
}

// total returns how many devices the batch has matched at a time since its start.
func (v *Job) total(at time.Duration) int {
	n := v.Devices.Count
	if v.SelectionType == "DYNAMIC" && v.Devices.Every > 0 && at > 0 {
		n += int(at / v.Devices.Every)
	}
	return n
}

// push returns when the package is pushed to a device that comes online, since the start
// of the batch. It never decreases with the index.
func (v *Job) push(i int) time.Duration { return v.pushIn(v.segmentOf(i), i) }

// pushIn is push at the pace of a segment. The devices are a queue: device i is pushed at
// the maximum of ready(j) + (i-j) steps over all j ≤ i. ready is piecewise linear, so
// only the ends of its pieces matter.
func (v *Job) pushIn(s segment, i int) time.Duration {
	at := max(s.from, v.ready(i))
	if s.pace.perMinute <= 0 {
		return at
	}
	steps := func(n int) time.Duration {
		return time.Duration(n) * time.Minute / time.Duration(s.pace.perMinute)
	}
	at = max(at, s.from+steps(i-s.first))
	n := v.Devices.Count
	for _, j := range [...]int{s.first, n - 1, n, v.bend()} {
		if s.first <= j && j < i {
			at = max(at, v.ready(j)+steps(i-j))
		}
	}
	return at
}

// ready returns when a device is confirmed and online. It never decreases with the index.
func (v *Job) ready(i int) time.Duration {
	d := v.Devices
	online := v.confirmed(i) + along(d.Online, i, d.Count)
	if i < d.Count {
		return online
	}
	return max(time.Duration(i-d.Count+1)*d.Every, online)
}

// bend returns the first device of a dynamic batch that matches after the first Count
// devices are all ready.
func (v *Job) bend() int {
	d := v.Devices
	if d.Every <= 0 {
		return d.Count
	}
	return d.Count + int((v.confirmed(d.Count)+along(d.Online, d.Count, d.Count))/d.Every)
}

// confirmed returns when the app confirms a device. It never decreases with the index.
func (v *Job) confirmed(i int) time.Duration {
	if !v.needsConfirm() {
		return 0
	}
	return along(v.Devices.Confirm, i, v.Devices.Count)
}

// along returns the i-th of n points that are spread over d. It uses floating point,
// because a day in nanoseconds times a million overflows an int64.
func along(d time.Duration, i, n int) time.Duration {
	if n == 0 {
		return 0
	}
	return time.Duration(float64(d) * (float64(min(i, n)) / float64(n)))
}
