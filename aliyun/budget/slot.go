package budget

import (
	"math/rand/v2"
	"slices"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// MaxPark is the longest that a throttled slot is parked.
const MaxPark = 45 * time.Second

// Slot is the right to make one call.
type Slot struct {
	slots   *Slots
	budgets []*Shared // that it counts against; guarded by slots.mu
}

// End gives the slot back after a call, by how it ended; failure is nil for one
// that succeeded.
func (s *Slot) End(failure *aliyun.Error) {
	switch {
	case failure == nil:
		s.Answered()
	case failure.Class == aliyun.ClassThrottled:
		s.Throttled()
	case !failure.ArrivesBy.IsZero():
		s.Unanswered(failure.ArrivesBy)
	default:
		s.Answered()
	}
}

// Answered gives the slot back in one second: call it when the answer has come,
// or when the call failed before anything was sent. Up to 1.5 % more, by chance,
// lets in a rival that would otherwise be throttled at every try where the
// network takes no time.
func (s *Slot) Answered() { s.after(untilSeen(), nil) }

// Unanswered gives the slot back one second after the request has arrived at the
// latest: the call got no answer, so it may still be on its way.
func (s *Slot) Unanswered(arrivesBy time.Time) {
	s.after(time.Until(arrivesBy)+untilSeen(), &s.slots.unanswered)
}

// Throttled parks the slot for 30 s ± 50 %. So each throttled answer takes one
// slot's share of the rate away for a while, and the shares of rivals settle.
func (s *Slot) Throttled() {
	s.after(MaxPark-rand.N(30*time.Second), &s.slots.parked)
}

// Unused gives the slot back at once, for a call that was not made.
func (s *Slot) Unused() { s.free(nil) }

func untilSeen() time.Duration { return window + rand.N(window/70) }

// after gives the slot back when d has passed. Until then it counts in why, a
// field of s.slots or nil.
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

// count makes a slot that is out count against one more budget, even where that
// takes more than there is: none is given out until enough have come back.
// s.slots.mu is held.
func (s *Slot) count(b *Shared) {
	if b == nil || slices.Contains(s.budgets, b) {
		return
	}
	s.budgets = append(s.budgets, b)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.taken++
}
