package store

import (
	"maps"
	"slices"
	"time"
)

// Park sets aside the batches of accounts that other exporters watch. They are no longer
// in the store, but [Store.Saved] returns them for another keep after they were last
// seen. So an account that comes back continues with what was known of it. The accounts
// must have no writer. Each call replaces the list of accounts.
func (s *Store) Park(accounts []string, keep time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.restored, func(k key, state *State) bool { return s.parked[k.account] && !s.kept(state) })
	s.parked, s.keep = make(map[string]bool, len(accounts)), keep
	for _, account := range accounts {
		s.parked[account] = true
	}
	for k, state := range s.states {
		if s.parked[k.account] {
			if s.restored == nil {
				s.restored = make(map[key]*State)
			}
			s.restored[k] = state
			delete(s.states, k)
			s.changes++
		}
	}
	s.sorted = slices.SortedFunc(maps.Keys(s.states), key.compare)
	for account := range s.parked {
		delete(s.firmwares, account)
	}
}

// Saved returns what the state file keeps: the states of all batches, and those of parked
// accounts that are not too old.
func (s *Store) Saved() []*State {
	s.mu.RLock()
	defer s.mu.RUnlock()
	saved := s.get(s.sorted)
	for _, k := range slices.SortedFunc(maps.Keys(s.restored), key.compare) {
		if state := s.restored[k]; s.parked[k.account] && s.kept(state) {
			saved = append(saved, state)
		}
	}
	return saved
}

// kept reports whether a parked batch was seen recently enough. s.mu is held.
func (s *Store) kept(state *State) bool { return time.Since(state.TrueAt()) < s.keep }
