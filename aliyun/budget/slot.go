package budget

import (
	"math/rand/v2"
	"slices"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// MaxPark is the longest time for which a throttled answer parks a slot.
const MaxPark = 45 * time.Second

// Slot is the permission to make one call. The caller must give it back exactly once, by
// one of its methods.
type Slot struct {
	slots   *Slots
	budgets []*Shared // that it counts against; guarded by slots.mu
}

// End gives the slot back after a call. failure is nil if the call succeeded.
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

// Answered gives the slot back in one second. Call it after an answer, or if the call
// failed before anything was sent. A random 0 to 1.5 % are added: otherwise a rival on a
// network without latency could be throttled at every attempt.
func (s *Slot) Answered() { s.after(untilSeen(), nil) }

// Unanswered gives the slot back one second after arrivesBy, the latest time at which
// the request can reach the API. Call it if there was no answer: the request may still
// be on its way.
func (s *Slot) Unanswered(arrivesBy time.Time) {
	s.after(time.Until(arrivesBy)+untilSeen(), &s.slots.unanswered)
}

// Throttled parks the slot for 30 s ± 50 %. Each throttled answer so reduces the rate by
// one slot for a while, until the rates of rivals fit into the limit.
func (s *Slot) Throttled() {
	s.after(MaxPark-rand.N(30*time.Second), &s.slots.parked)
}

// Unused gives the slot back at once. Call it if no call was made.
func (s *Slot) Unused() { s.free(nil) }

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
