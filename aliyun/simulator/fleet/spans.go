package fleet

import (
	"sort"
	"time"
)

// span is the devices with one residue in [from, to), all in one state.
type span struct{ residue, from, to int }

// below returns the number of devices of a span with an index below x.
func (s span) below(x int) int { return count(s.residue, s.from, min(s.to, x)) }

// each visits spans that together contain every device once. There are as many of them for
// ten million devices as for ten thousand.
func (w Tasks) each(visit func(state int, s span)) {
	v, x := w.v, w.total
	emit := func(state, residue, from, to int) {
		if w.ended && state < stateSucceeded {
			state = stateCancelled
		}
		if from < to {
			visit(state, span{residue, from, to})
		}
	}
	pushed := sort.Search(x, func(i int) bool { return v.push(i) > w.at })
	sure := x // confirmed
	if v.needsConfirm() {
		sure = sort.Search(x, func(i int) bool { return v.confirmed(i) > w.at })
	}
	for r := range min(period, x) {
		switch v.kind(r) {
		case unconfirmed:
			emit(stateConfirm, r, 0, x)
			continue
		case offline:
			emit(stateQueued, r, 0, sure)
			emit(stateConfirm, r, sure, x)
			continue
		}
		emit(stateQueued, r, pushed, sure)
		emit(stateConfirm, r, max(pushed, sure), x)
		for _, s := range v.segments {
			to := min(s.end, pushed)
			if to <= s.first {
				continue
			}
			c := v.course(r, s.pace)
			// past is the first device before hi that has not reached a step yet.
			past := func(hi int, step time.Duration) int {
				return s.first + sort.Search(hi-s.first, func(i int) bool { return v.pushIn(s, s.first+i) > w.at-step })
			}
			reported := past(to, c.report)
			done := past(reported, c.end)
			emit(c.final(), r, s.first, done)
			emit(stateInProgress, r, done, reported)
			emit(stateNotified, r, reported, to)
		}
	}
}

// count returns how many i in [from, to) have the residue.
func count(residue, from, to int) int {
	upTo := func(n int) int { return (n - residue + period - 1) / period }
	return max(upTo(to)-upTo(from), 0)
}

// page returns at most size of the devices in a state, or in anyState, starting at
// offset, and the total number of these devices.
func (w Tasks) page(state, offset, size int) (devices []int, total int) {
	first := 0
	switch {
	case state == anyState:
		total = w.total
	case w.fixed != nil:
		total = w.fixed[state]
		for _, n := range w.fixed[:state] {
			first += n
		}
	default:
		return w.search(state, offset, size)
	}
	from, to := bounds(offset, size, total)
	for i := from; i < to; i++ {
		devices = append(devices, first+i)
	}
	return devices, total
}

// search is page for devices in a state that are not a contiguous range.
func (w Tasks) search(state, offset, size int) (devices []int, total int) {
	var spans []span
	w.each(func(s int, sp span) {
		if s == state {
			spans = append(spans, sp)
		}
	})
	below := func(x int) (n int) {
		for _, s := range spans {
			n += s.below(x)
		}
		return n
	}
	total = below(w.total)
	from, to := bounds(offset, size, total)
	if from == to {
		return nil, total
	}
	i := sort.Search(w.total, func(x int) bool { return below(x+1) > from })
	for ; len(devices) < to-from && i < w.total; i++ {
		if w.state(i) == state {
			devices = append(devices, i)
		}
	}
	return devices, total
}
