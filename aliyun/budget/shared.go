package budget

import (
	"sync"
)

// Shared bounds the calls that all accounts of one identity make to one
// operation in any second. Each of them has [Slots] of its own, which draw from
// it. It outlives them in a reload, so that an account may get another name, or
// two may change places, without a moment of twice the rate. Safe for concurrent use.
type Shared struct {
	mu      sync.Mutex // guards all below; locked after Slots.mu
	limit   int
	taken   int
	changed chan struct{} // closed and replaced when a slot may have become free
}

// NewShared gives a budget of no calls, until it is resized.
func NewShared() *Shared { return &Shared{changed: make(chan struct{})} }

// Resize changes the budget to the sum of the slots that draw from it.
func (b *Shared) Resize(limit int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.limit = limit
	b.wake()
}

// Idle says that no slot counts against the budget.
func (b *Shared) Idle() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.taken == 0
}

// take counts one slot, or gives what to wait for.
func (b *Shared) take() (wait <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.taken >= b.limit {
		return b.changed
	}
	b.taken++
	return nil
}

func (b *Shared) free() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.taken--
	b.wake()
}

// wake lets every waiting Take look again. b.mu is held.
func (b *Shared) wake() {
	close(b.changed)
	b.changed = make(chan struct{})
}
