package collector

import "time"

// shareOf is the part of the slots that a class may use while live work is
// due. The contract says at most 1 % for settled and 10 % for failing batches;
// 5 % for planned ones keeps the rounds of IN_PROGRESS batches within 1.10
// times what they would take alone.
var shareOf = [classes]float64{planned: 0.05, settled: 0.01, failing: 0.10, listed: 0.05}

// shares hold what each class has left, as time of one slot. Time, because a
// call that hangs until its timeout takes ten times as much of the budget as
// one that is answered. The zero value is ready.
type shares struct {
	left [classes]time.Duration
	at   time.Time // of the last accrual
}

// saved is the most that a class can save up: about one call, so that an idle
// hour does not end in a burst.
const saved = time.Second

// accrue adds what has come in since the last call of accrue.
func (s *shares) accrue(now time.Time, slots int) {
	if passed := now.Sub(s.at); passed > 0 {
		// More than a minute's worth never matters, and must not overflow.
		slotTime := float64(min(passed, time.Minute)) * float64(slots)
		for c, part := range shareOf {
			s.left[c] = min(saved, s.left[c]+time.Duration(part*slotTime))
		}
	}
	s.at = now
}

// has says whether a class may start a call.
func (s *shares) has(c class) bool { return s.left[c] > 0 }

// charge takes a call that will take as long as the batch's last one, and the
// second after it. It returns what it took.
func (s *shares) charge(c class, took time.Duration) time.Duration {
	cost := took + time.Second
	s.left[c] -= cost
	return cost
}

// correct replaces the estimate by the truth.
func (s *shares) correct(c class, charged, took time.Duration) {
	s.left[c] += charged - (took + time.Second)
}
