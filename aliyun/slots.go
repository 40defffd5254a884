package aliyun

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"
)

// window is the second in which the API counts calls. A slot is held for it
// after the answer: then, at no network latency, can the server see more calls
// in any one second than there are slots. If one more arrived, all the others
// would still have held their slots when it was sent.
const window = time.Second

// Slots is the rate budget of one (main account, operation): at most as many
// calls in any one second as there are slots. It outlives a reload, so the
// promise holds across one. Safe for concurrent use.
type Slots struct {
	mu      sync.Mutex // guards all below
	limit   int
	taken   int           // in a call, in the second after it, or parked
	parked  int           // of the taken ones, those that wait out a throttle
	nextAt  time.Time     // no slot is given out before
	changed chan struct{} // closed and replaced when a slot may have become free
}

// NewSlots gives a budget of limit calls a second.
func NewSlots(limit int) *Slots {
	return &Slots{limit: limit, changed: make(chan struct{})}
}

// Take waits for a free slot. The caller must give it back by one of the
// methods of [Slot]. The only error is ctx's.
//
// Slots are given out a quarter of a window's share apart. Those that started
// together would else come back together for ever, and what comes up in between
// would wait half a second for one.
func (s *Slots) Take(ctx context.Context) (*Slot, error) {
	for {
		s.mu.Lock()
		now := time.Now()
		changed, pause := s.changed, s.nextAt.Sub(now)
		if s.taken < s.limit && pause <= 0 {
			s.taken++
			s.nextAt = now.Add(window / time.Duration(4*s.limit))
			s.mu.Unlock()
			return &Slot{slots: s}, nil
		}
		full := s.taken >= s.limit
		s.mu.Unlock()
		var passed <-chan time.Time // nil while there is no slot anyway
		if !full {
			passed = time.After(pause)
		}
		select {
		case <-changed:
		case <-passed:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// Resize changes the budget. Slots beyond a smaller one are not cut short:
// none is given out until enough have come back.
func (s *Slots) Resize(limit int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limit = limit
	s.wake()
}

// Count says how many slots there are, and how many of them are parked.
func (s *Slots) Count() (limit, parked int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.limit, s.parked
}

// wake lets every waiting Take look again. s.mu is held.
func (s *Slots) wake() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// Slot is the right to make one call.
type Slot struct{ slots *Slots }

// Answered gives the slot back one second from now: call it when the answer
// has come, or its timeout. Less than 1 % more, by chance, lets a rival in that
// would else be throttled at every try, where the network takes no time.
func (s *Slot) Answered() { s.after(window+rand.N(window/70), 0) }

// MaxPark is the longest that a throttled slot is parked.
const MaxPark = 45 * time.Second

// Throttled parks the slot for 30 s ± 50 %. Each throttle so takes one slot's
// share of the rate away for a while, and the shares of rivals settle.
func (s *Slot) Throttled() {
	s.after(MaxPark-rand.N(30*time.Second), 1)
}

// Unused gives the slot back at once, for a call that was not made.
func (s *Slot) Unused() { s.free(0) }

func (s *Slot) after(d time.Duration, parked int) {
	s.slots.mu.Lock()
	s.slots.parked += parked
	s.slots.mu.Unlock()
	time.AfterFunc(d, func() { s.free(parked) })
}

func (s *Slot) free(parked int) {
	s.slots.mu.Lock()
	defer s.slots.mu.Unlock()
	s.slots.taken--
	s.slots.parked -= parked
	s.slots.wake()
}
