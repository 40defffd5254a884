package aliyun

import (
	"cmp"
	"fmt"
	"io"
	"regexp"
	"slices"
	"sync"
)

// Identity is whose rate budget calls use up, as far as the credentials tell:
// two key pairs may still belong to one main account. It may hold a secret part
// of a credentials URI: compare it, do not print it.
type Identity struct{ kind, value string }

// Format prints no secret, whatever the verb.
func (i Identity) Format(w fmt.State, _ rune) { io.WriteString(w, "Identity("+i.kind+")") }

// roleOwner finds the number of the main account in the ARN of a role.
var roleOwner = regexp.MustCompile(`^acs:ram::\d+:`)

// Identity does not depend on secrets: a new secret is the same identity.
func (cfg CredentialsConfig) Identity() Identity {
	switch {
	case cfg.RoleARN != "":
		// The calls count for the role's main account, whoever assumes the role.
		return Identity{"role", cmp.Or(roleOwner.FindString(cfg.RoleARN), cfg.RoleARN)}
	case cfg.AccessKeyID != "":
		return Identity{"access_key_id", cfg.AccessKeyID}
	case cfg.ECSRAMRole != "":
		return Identity{"ecs_ram_role", cfg.ECSRAMRole}
	case cfg.CredentialsURI != "":
		return Identity{"credentials_uri", cfg.CredentialsURI}
	}
	return Identity{kind: "default"} // the standard chain finds the same keys for each account
}

// Budget bounds the calls that all accounts of one identity make to one
// operation in any second. Each of them has [Slots] of its own, which draw from
// it. It outlives them in a reload, so that an account may get another name, or
// two may change places, without a moment of twice the rate. Safe for concurrent use.
type Budget struct {
	mu      sync.Mutex // guards all below; locked after Slots.mu
	limit   int
	taken   int
	changed chan struct{} // closed and replaced when a slot may have become free
}

// NewBudget gives a budget of no calls, until it is resized.
func NewBudget() *Budget { return &Budget{changed: make(chan struct{})} }

// Resize changes the budget to the sum of the slots that draw from it.
func (b *Budget) Resize(limit int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.limit = limit
	b.wake()
}

// Idle says that no slot counts against the budget.
func (b *Budget) Idle() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.taken == 0
}

// take counts one slot, or gives what to wait for.
func (b *Budget) take() (wait <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.taken >= b.limit {
		return b.changed
	}
	b.taken++
	return nil
}

func (b *Budget) free() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.taken--
	b.wake()
}

// wake lets every waiting Take look again. b.mu is held.
func (b *Budget) wake() {
	close(b.changed)
	b.changed = make(chan struct{})
}

// count makes a slot that is out count against one more budget, even where that
// takes more than there is: none is given out until enough have come back.
// s.slots.mu is held.
func (s *Slot) count(b *Budget) {
	if b == nil || slices.Contains(s.budgets, b) {
		return
	}
	s.budgets = append(s.budgets, b)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.taken++
}
