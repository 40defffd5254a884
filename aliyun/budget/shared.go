package budget

import (
	"sync"
)

// Shared limits the calls that all accounts of one identity make to one operation in
// one second. Each account has its own [Slots], which draw from it. A Shared outlives
// them in a reload: if an account gets another name, or if two accounts swap names, the
// rate does not double. Create it with NewShared. It is safe for concurrent use.
type Shared struct {
	mu      sync.Mutex // guards all below; locked after Slots.mu
	limit   int
	taken   int
	changed chan struct{} // closed and replaced when a slot may have become free
}

// NewShared returns a budget that allows no calls until it is resized.
func NewShared() *Shared { return &Shared{changed: make(chan struct{})} }

// Resize changes how many slots may be out at a time: the sum of the slots that draw
// from the budget.
func (b *Shared) Resize(limit int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.limit = limit
	b.wake()
}

// Idle reports whether no slot counts against the budget.
func (b *Shared) Idle() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.taken == 0
}

// take counts one slot. If there is none, it returns a channel that is closed when one
// may have become free.
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

// wake makes every waiting Take try again. The caller holds b.mu.
func (b *Shared) wake() {
	close(b.changed)
	b.changed = make(chan struct{})
}
