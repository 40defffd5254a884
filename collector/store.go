package collector

import (
	"cmp"
	"slices"
	"sync"
)

// Store holds the state of every batch. Safe for concurrent use.
type Store struct {
	mu       sync.RWMutex // guards all below
	states   map[key]*State
	sorted   []key          // by account, then job id: the order of /metrics
	restored map[key]*State // from the state file, for batches that are configured later
	changes  uint64
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
		k := key{account, t.JobID}
		if old := cmp.Or(s.states[k], s.restored[k]); old != nil {
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
	for k := range s.restored {
		if k.account == account {
			delete(s.restored, k)
		}
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
	if before.AsOf.IsZero() != after.AsOf.IsZero() || before.Job.Status() != after.Job.Status() || (before.Err == nil) != (after.Err == nil) {
		s.changes++
	}
	return before, after
}

// Restore gives what an earlier run knew. It is taken up by the targets that
// are set next, each account once.
func (s *Store) Restore(states []*State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.restored = make(map[key]*State, len(states))
	for _, state := range states {
		s.restored[key{state.Account, state.JobID}] = state
	}
}

// Changes counts the changes that a reader would miss after a crash: a first
// answer, a new status, a failure or its end.
func (s *Store) Changes() uint64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.changes
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
