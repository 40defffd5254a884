package store

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// Store holds the state of every batch. Safe for concurrent use.
type Store struct {
	mu       sync.RWMutex // guards all below
	states   map[key]*State
	sorted   []key          // by account, then job id: the order of /metrics
	restored map[key]*State // from the state file, for batches that are configured later
	changes  uint64
	expected time.Duration // see Rules.ExpectedDuration
}

// key names a batch: job ids are unique within a main account.
type key struct{ account, jobID string }

func (a key) compare(b key) int {
	return cmp.Or(cmp.Compare(a.account, b.account), cmp.Compare(a.jobID, b.jobID))
}

// New gives a store that knows no batch.
func New() *Store {
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

// ExpectedDuration is [Rules.ExpectedDuration]: a deadline is computed when it
// is shown, so that a reload needs no more than this.
func (s *Store) ExpectedDuration() time.Duration {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.expected
}

// SetExpectedDuration sets it.
func (s *Store) SetExpectedDuration(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expected = d
}

// SetTargets makes the batches of one account those of targets, and those that
// were discovered and still would be: discovers says so and gives their place;
// nil keeps none. What is known of batches that stay is kept, the rest is
// dropped. It returns the state of each batch, and the last state of those that
// were dropped.
func (s *Store) SetTargets(account string, targets []target.Target, discovers func(*State) (target.Target, bool)) (states, dropped []*State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	known := make(map[string]*State) // by job id
	for _, from := range []map[key]*State{s.restored, s.states} {
		for k, state := range from {
			if k.account == account {
				known[k.jobID] = state
				delete(from, k)
			}
		}
	}
	add := func(t target.Target) {
		state := State{}
		if old := known[t.JobID]; old != nil {
			state = *old
			t.Source = old.Source
			delete(known, t.JobID)
		}
		state.Target = t
		states = append(states, &state)
		s.states[key{account, t.JobID}] = &state
	}
	for _, t := range targets {
		add(t)
	}
	if discovers != nil {
		for _, jobID := range slices.Sorted(maps.Keys(known)) {
			if t, still := discovers(known[jobID]); still {
				t.Origin = target.Discovered
				add(t)
			}
		}
	}
	s.sortKeys()
	for _, jobID := range slices.Sorted(maps.Keys(known)) {
		dropped = append(dropped, known[jobID])
	}
	return states, dropped
}

// Add takes up a batch that was discovered and is not there yet.
func (s *Store) Add(state *State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := key{state.Account, state.JobID}
	s.states[k] = state
	at, _ := slices.BinarySearchFunc(s.sorted, k, key.compare)
	s.sorted = slices.Insert(s.sorted, at, k)
	s.changes++
}

// Remove drops a batch.
func (s *Store) Remove(account, jobID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := key{account, jobID}
	if at, found := slices.BinarySearchFunc(s.sorted, k, key.compare); found {
		delete(s.states, k)
		s.sorted = slices.Delete(s.sorted, at, at+1)
		s.changes++
	}
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
	if newsworthy(before, after) {
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

// Waiting is how many of the restored batches no account has taken up.
func (s *Store) Waiting() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.restored)
}

// Changes counts the changes that a reader would miss after a crash: a first
// answer, a new status, a failure or its end.
func (s *Store) Changes() uint64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.changes
}

// newsworthy says whether an update brings what a reader would miss after a
// crash, rather than the same with a newer age.
func newsworthy(before, after *State) bool {
	return before.AsOf.IsZero() != after.AsOf.IsZero() || before.Listed.IsZero() != after.Listed.IsZero() ||
		before.Job.Status() != after.Job.Status() || (before.Err == nil) != (after.Err == nil) ||
		(before.Devices == nil) != (after.Devices == nil) || (before.Size == nil) != (after.Size == nil)
}

// sortKeys rebuilds the order. s.mu is held.
func (s *Store) sortKeys() {
	s.sorted = slices.SortedFunc(maps.Keys(s.states), key.compare)
}
