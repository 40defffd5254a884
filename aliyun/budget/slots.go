package budget

import (
	"context"
	"sync"
	"time"
)

// window is the second in which the API counts calls. A slot is held for one more window
// after its call has reached the API. So of N+1 calls that reach it in one second, the
// first N would still hold all slots when the last one is sent.
const window = time.Second

// Slots limit the calls that one account makes to one operation in one second. They
// outlive the account in a reload: if it comes back, its calls of the last second still
// count. Create them with NewSlots. They are safe for concurrent use.
type Slots struct {
	mu         sync.Mutex // guards all below; locked before Shared.mu
	limit      int
	budget     *Shared // shared with the other accounts of the same identity; nil is none
	out        map[*Slot]struct{}
	parked     int           // of out: parked after a throttled answer
	unanswered int           // of out: held for a request that may still arrive
	nextAt     time.Time     // no slot is given out before this time
	changed    chan struct{} // closed and replaced when a slot may have become free
}

// NewSlots returns slots for limit calls in one second, without a shared budget.
func NewSlots(limit int) *Slots {
	return &Slots{limit: limit, out: make(map[*Slot]struct{}), changed: make(chan struct{})}
}

// Take waits for a free slot. The caller must give it back by one of the methods of
// [Slot]. The only error is that of ctx.
//
// Take spaces slots by a quarter of window / limit. Otherwise slots that were taken
// together would always become free together, and a call that is due in between would
// wait half a second on average.
func (s *Slots) Take(ctx context.Context) (*Slot, error) {
	for {
		slot, wait := s.take(time.Now())
		if slot != nil {
			return slot, nil
		}
		var passed <-chan time.Time // nil if waiting for a time does not help
		if wait.pause > 0 {
			passed = time.After(wait.pause)
		}
		select {
		case <-wait.slots:
		case <-wait.budget:
		case <-passed:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// waiting is what may make a slot available.
type waiting struct {
	slots, budget <-chan struct{}
	pause         time.Duration // 0 is none
}

func (s *Slots) take(now time.Time) (*Slot, waiting) {
	s.mu.Lock()
	defer s.mu.Unlock()
	wait := waiting{slots: s.changed}
	if len(s.out) >= s.limit {
		return nil, wait
	}
	if wait.pause = s.nextAt.Sub(now); wait.pause > 0 {
		return nil, wait
	}
	slot := &Slot{slots: s}
	if s.budget != nil {
		if wait.budget = s.budget.take(); wait.budget != nil {
			return nil, waiting{slots: wait.slots, budget: wait.budget}
		}
		slot.budgets = []*Shared{s.budget}
	}
	s.out[slot] = struct{}{}
	s.nextAt = now.Add(window / time.Duration(4*s.limit))
	return slot, waiting{}
}

// Resize changes the number of slots. It does not interrupt calls: if more slots are out
// than the new limit, no slot is given out until enough are free again.
func (s *Slots) Resize(limit int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limit = limit
	s.wake()
}

// Draw makes the slots count against a shared budget from now on, nil for none. Slots
// that are out count against it too: after a change of the key, the calls of the last
// second still came from the same main account.
func (s *Slots) Draw(from *Shared) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.budget == from {
		return
	}
	s.budget = from
	for slot := range s.out {
		slot.count(from)
	}
	s.wake()
}

// Count returns the number of slots, and how many of them are parked.
func (s *Slots) Count() (limit, parked int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.limit, s.parked
}

// Unanswered returns the number of slots that are held for requests without an answer
// that may still be on their way.
func (s *Slots) Unanswered() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.unanswered
}

// Idle reports whether no slot is out.
func (s *Slots) Idle() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.out) == 0
}

// wake makes every waiting Take try again. The caller holds s.mu.
func (s *Slots) wake() {
	close(s.changed)
	s.changed = make(chan struct{})
}
