package schedule

import (
	"slices"
	"time"
)

// SimulateDetection says how long it takes on average until a change of a
// batch's status is seen, with 10 slots and calls of 50 ms: by the plan, and by
// asking for one batch after the other. The floor is the best that is possible at the same
// interval: a start is seen at its moment, and an end, which cannot be foreseen, after half
// a round of the batches in progress.
func SimulateDetection(total, active, turnover int, length time.Duration) (floor, planned, naive time.Duration) {
	w, states := newWorld(total, active, turnover)
	round := max(planRules.Interval, time.Duration(active)*(w.rtt+time.Second)/time.Duration(w.slots))
	ours := w.run(w.plan(states), length)
	other, states := newWorld(total, active, turnover)
	theirs := other.run(&roundRobin{states: states}, length)

	changes := len(ours.starts) + len(ours.ends)
	floor = w.rtt + round/2*time.Duration(len(ours.ends))/time.Duration(changes)
	return floor, mean(slices.Concat(ours.starts, ours.ends)), mean(slices.Concat(theirs.starts, theirs.ends))
}
