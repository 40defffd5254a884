package budget

import (
	"math/rand/v2"
	"slices"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

const (
	// MeanPark is the time for which a throttled answer parks a slot, on average.
	MeanPark = 30 * time.Second
	// MaxPark is the longest such time.
	MaxPark = MeanPark * 3 / 2
)

// Slot is the permission to make one call. The caller must give it back exactly once, by
// End or Unused.
type Slot struct {
	slots   *Slots
	budgets []*Shared // that it counts against; guarded by slots.mu
}

// End gives the slot back after a call. failure is nil if the call succeeded.
//
// After an answer, or if nothing was sent, the slot is free in one second. Without an
// answer, the request may still be on its way, so the slot is free one second after
// failure.ArrivesBy. A throttled answer parks the slot for MeanPark ± 50%: each one reduces
// the rate by one slot for a while, until the rates of all clients of the account fit into
// the limit.
func (s *Slot) End(failure *aliyun.Error) {
	switch {
	case failure == nil:
		s.after(untilSeen(), nil)
	case failure.Class == aliyun.ClassThrottled:
		s.after(MaxPark-rand.N(MeanPark), &s.slots.parked)
	case failure.ArrivesBy.IsZero():
		s.after(untilSeen(), nil)
	default:
		s.after(time.Until(failure.ArrivesBy)+untilSeen(), &s.slots.unanswered)
	}
}

// Unused gives the slot back at once. Call it if no call was made.
func (s *Slot) Unused() { s.free(nil) }

// untilSeen returns one second, plus a random 0 to 1.5%: otherwise another client on a
// network without latency could be throttled at every attempt.
func untilSeen() time.Duration { return window + rand.N(window/70) }

// after gives the slot back after d. Until then it is counted in why, a field of s.slots
// or nil.
func (s *Slot) after(d time.Duration, why *int) {
	if why != nil {
		s.slots.mu.Lock()
		*why++
		s.slots.mu.Unlock()
	}
	time.AfterFunc(d, func() { s.free(why) })
}

func (s *Slot) free(why *int) {
	s.slots.mu.Lock()
	defer s.slots.mu.Unlock()
	if why != nil {
		*why--
	}
	delete(s.slots.out, s)
	for _, b := range s.budgets {
		b.free()
	}
	s.slots.wake()
}

// count makes a slot that is out count against one more budget, even if that exceeds its
// limit: then no slot is given out until enough slots are free again. The caller holds
// s.slots.mu.
func (s *Slot) count(b *Shared) {
	if b == nil || slices.Contains(s.budgets, b) {
		return
	}
	s.budgets = append(s.budgets, b)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.taken++
}
