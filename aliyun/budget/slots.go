package budget

import (
	"context"
	"sync"
	"time"
)

// window is the second in which the API counts calls. A slot is held for one
// more window after its call has reached the API. So the API never sees more
// calls in one second than there are slots: each of the others would still have
// held its slot when the last one was sent.
const window = time.Second

// Slots are the calls that one account may make to one operation in any second.
// They outlive the account in a reload, so that its calls of the last second
// still count when it comes back. Safe for concurrent use.
type Slots struct {
	mu         sync.Mutex // guards all below; locked before Budget.mu
	limit      int
	budget     *Shared // shared with the other accounts of the same identity; nil: none
	out        map[*Slot]struct{}
	parked     int           // of those that are out: wait after a throttled answer
	unanswered int           // of those that are out: wait for a request that may still arrive
	nextAt     time.Time     // no slot is given out before
	changed    chan struct{} // closed and replaced when a slot may have become free
}

// NewSlots gives limit calls a second, without a budget to share.
func NewSlots(limit int) *Slots {
	return &Slots{limit: limit, out: make(map[*Slot]struct{}), changed: make(chan struct{})}
}

// Take waits for a free slot. The caller must give it back by one of the
// methods of [Slot]. The only error is ctx's.
//
// Slots are given out a quarter of a window's share apart. Otherwise those that
// started together would come back together for ever, and a call that comes up
// in between would wait half a second for one.
func (s *Slots) Take(ctx context.Context) (*Slot, error) {
	for {
		slot, wait := s.take(time.Now())
		if slot != nil {
			return slot, nil
		}
		var passed <-chan time.Time // nil while time alone frees no slot
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

// waiting is what a slot has to be waited for: one of these, or ctx.
type waiting struct {
	slots, budget <-chan struct{}
	pause         time.Duration // 0: does not help
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

// Resize changes the number of slots. Those beyond a smaller one are not cut
// short: none is given out until enough have come back.
func (s *Slots) Resize(limit int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limit = limit
	s.wake()
}

// Draw makes the slots count against a budget from now on. Those that are out
// count against it too: after a change of the key the calls of the last second
// were still made by the same main account.
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

// Count says how many slots there are, and how many of them are parked.
func (s *Slots) Count() (limit, parked int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.limit, s.parked
}

// Unanswered counts the slots of calls that got no answer, while their requests
// may still be on their way.
func (s *Slots) Unanswered() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.unanswered
}

// Idle says that no slot is out.
func (s *Slots) Idle() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.out) == 0
}

// wake lets every waiting Take look again. s.mu is held.
func (s *Slots) wake() {
	close(s.changed)
	s.changed = make(chan struct{})
}
