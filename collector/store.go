package collector

import (
	"cmp"
	"slices"
	"sync"
)

// Store holds the state of every batch. Safe for concurrent use.
type Store struct {
	mu     sync.RWMutex // guards both
	states map[key]*State
	sorted []key // by account, then job id: the order of /metrics
}

// key names a batch: job ids are unique within a main account.
type key struct{ account, jobID string }

// NewStore gives a store that knows no batch.
func NewStore() *Store {
	return &Store{states: make(map[key]*State)}
}

// Snapshot gives the states as of one moment, by account and job id. The slice
// is the caller's.
func (s *Store) Snapshot() []*State {
	s.mu.RLock()
	defer s.mu.RUnlock()
	states := make([]*State, len(s.sorted))
	for i, k := range s.sorted {
		states[i] = s.states[k]
	}
	return states
}

// SetTargets makes the batches of one account those of targets. What is known
// of batches that stay is kept, the rest is dropped. It returns the state of
// each target.
func (s *Store) SetTargets(account string, targets []Target) []*State {
	s.mu.Lock()
	defer s.mu.Unlock()
	states := make([]*State, 0, len(targets))
	for _, t := range targets {
		state := &State{Target: t}
		if old := s.states[key{account, t.JobID}]; old != nil {
			kept := *old
			kept.Target = t
			state = &kept
		}
		states = append(states, state)
	}
	for k := range s.states {
		if k.account == account {
			delete(s.states, k)
		}
	}
	for _, state := range states {
		s.states[key{account, state.JobID}] = state
	}
	s.sortKeys()
	return states
}

// Update replaces the state of one batch by what change makes of it and
// returns both, or nil when the batch is not watched any more.
func (s *Store) Update(account, jobID string, change func(*State) *State) (before, after *State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := key{account, jobID}
	before = s.states[k]
	if before == nil {
		return nil, nil
	}
	after = change(before)
	s.states[k] = after
	return before, after
}

// sortKeys rebuilds the order. s.mu is held.
func (s *Store) sortKeys() {
	s.sorted = s.sorted[:0]
	for k := range s.states {
		s.sorted = append(s.sorted, k)
	}
	slices.SortFunc(s.sorted, func(a, b key) int {
		return cmp.Or(cmp.Compare(a.account, b.account), cmp.Compare(a.jobID, b.jobID))
	})
}
