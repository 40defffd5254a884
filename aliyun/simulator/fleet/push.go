package fleet

import (
	"math"
	"sort"
	"time"
)

// segment is a run of devices that are pushed at one pace.
type segment struct {
	from       time.Duration // since the start of the batch
	first, end int           // devices from first until before end
	pace       pace
}

// planPush works out the segments. Devices are pushed in the order of their
// index, so each segment is a range of them.
func (v *Job) planPush() {
	v.segments = nil
	for _, r := range v.revisions {
		from := max(r.since.Sub(v.start), 0)
		first := 0
		if n := len(v.segments); n > 0 && from > 0 {
			last := &v.segments[n-1]
			// The devices matched by then bound the search: later ones are pushed later.
			first = last.first + sort.Search(max(v.total(from)-last.first, 0), func(i int) bool {
				return v.pushIn(*last, last.first+i) >= from
			})
			last.end = first
		} else {
			v.segments = nil // a pace that no device saw
		}
		v.segments = append(v.segments, segment{from, first, math.MaxInt, r.pace})
	}
}

// segmentOf is the segment of a device.
func (v *Job) segmentOf(i int) segment {
	k := len(v.segments) - 1
	for i < v.segments[k].first {
		k--
	}
	return v.segments[k]
}

// total is how many devices the batch has matched at a time since its start.
func (v *Job) total(at time.Duration) int {
	n := v.Devices.Count
	if v.SelectionType == "DYNAMIC" && v.Devices.Every > 0 && at > 0 {
		n += int(at / v.Devices.Every)
	}
	return n
}

// push is when a device that does come online is told of the package, since the
// start of the batch. It never falls with the index.
func (v *Job) push(i int) time.Duration { return v.pushIn(v.segmentOf(i), i) }

// pushIn is push at the pace of a segment. A device waits for those before it, as
// in any queue: max over j ≤ i of ready(j) + (i-j) steps. As ready is made of
// straight lines, only their ends need a look.
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

// ready is when a device is confirmed and online. It never falls with the index.
func (v *Job) ready(i int) time.Duration {
	d := v.Devices
	online := v.confirmed(i) + along(d.Online, i, d.Count)
	if i < d.Count {
		return online
	}
	return max(time.Duration(i-d.Count+1)*d.Every, online)
}

// bend is the first of the later devices of a dynamic batch that matches after all
// the first Count are ready.
func (v *Job) bend() int {
	d := v.Devices
	if d.Every <= 0 {
		return d.Count
	}
	return d.Count + int((v.confirmed(d.Count)+along(d.Online, d.Count, d.Count))/d.Every)
}

// confirmed is when the app confirms a device; it never falls with the index.
func (v *Job) confirmed(i int) time.Duration {
	if !v.needsConfirm() {
		return 0
	}
	return along(v.Devices.Confirm, i, v.Devices.Count)
}

// along is the i-th of n points that are spread over d. In floating point, because
// the product of a day in nanoseconds and a million fits no int64.
func along(d time.Duration, i, n int) time.Duration {
	if n == 0 {
		return 0
	}
	return time.Duration(float64(d) * (float64(min(i, n)) / float64(n)))
}
