package schedule

import "time"

// shareOf is the part of the slots that a class may use while something more urgent
// is due. The planned, history and settled classes together use 9%, so a round of the
// live batches takes at most 1.10 times as long as without them.
var shareOf = [classes]float64{planned: 0.05, history: 0.03, settled: 0.01, fullRefresh: 0.05, failing: 0.10}

// news are the classes that share the rest with live batches, however many of them
// come at once. A class that does not need its part lends it to the other two.
var news = [...]class{scheduled, changed, unpolled}

// newsEarn is how many seconds of a slot each class of news may use for each second
// that live batches use: nine tenths together. So a round of live batches takes at most
// 1.9 times as long as without news, and news do not starve.
const newsEarn = 0.3

// shares hold what each class has left, as time of one slot. They count time, not
// calls, because a call that hangs until its timeout takes ten times as much of the
// budget as one that is answered. The zero value is ready.
type shares struct {
	left [classes]time.Duration
	at   time.Time // of the last accrual
}

// saved is the most that a class can save up, about one call, so that an idle hour is
// not followed by a burst.
const saved = time.Second

// accrue adds what has come in since the last accrual. slots are those that make
// calls.
func (s *shares) accrue(now time.Time, slots float64) {
	if passed := now.Sub(s.at); passed > 0 {
		// More than a minute's worth is never needed, and must not overflow.
		slotTime := float64(min(passed, time.Minute)) * slots
		for c, part := range shareOf {
			if part > 0 {
				s.left[c] = min(saved, s.left[c]+time.Duration(part*slotTime))
			}
		}
	}
	s.at = now
}

// earn adds to news what a call for a live batch is worth. Calls that end together
// must not lose it, so all slots together may save up a call for each third one.
func (s *shares) earn(held time.Duration, slots float64) {
	most := max(saved, time.Duration(slots/3*float64(saved)))
	for _, c := range news {
		s.left[c] = min(most, s.left[c]+time.Duration(newsEarn*float64(held)))
	}
}

// has reports whether a class may start a call.
func (s *shares) has(c class) bool { return s.left[c] > 0 }

// hasAt is when a class with a share of the slots may start its next call.
func (s *shares) hasAt(c class, slots float64) time.Time {
	if s.has(c) {
		return s.at
	}
	missing := float64(-s.left[c]) / (shareOf[c] * slots)
	return s.at.Add(time.Duration(missing) + time.Millisecond) // rounded up
}

// charge takes a call that is expected to hold its slot for so long.
func (s *shares) charge(c class, held time.Duration) { s.left[c] -= held }

// correct replaces the expected time of a call by the real one.
func (s *shares) correct(c class, charged, held time.Duration) { s.left[c] += charged - held }
