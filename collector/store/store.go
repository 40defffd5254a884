package store

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// Store holds the state of every batch. It is safe for concurrent use. Readers own
// the slices that they get, but not the states in them.
//
// Each account has one writer: only the poller of the account adds, replaces and
// removes its batches.
type Store struct {
	// mu guards all fields below. It is the innermost lock: no other lock is taken while it
	// is held.
	mu        sync.RWMutex
	states    map[key]*State
	sorted    []key                                  // the keys of states, by account and job id: the order of /metrics
	restored  map[key]*State                         // from the state file or parked; an account takes its batches when it is configured
	parked    map[string]bool                        // accounts whose batches stay in restored, see Park
	keep      time.Duration                          // how long, see Park
	firmwares map[string]map[string]*aliyun.Firmware // by account and FirmwareId
	changes   uint64
	expected  time.Duration // see [target.Rules.ExpectedDuration]
}

// key names a batch: job ids are unique within an account.
type key struct{ account, jobID string }

func (a key) compare(b key) int {
	return cmp.Or(cmp.Compare(a.account, b.account), cmp.Compare(a.jobID, b.jobID))
}

// New returns an empty store.
func New() *Store {
	return &Store{states: make(map[key]*State), firmwares: make(map[string]map[string]*aliyun.Firmware)}
}

// Snapshot returns the states of all batches, sorted by account and job id.
func (s *Store) Snapshot() []*State {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.get(s.sorted)
}

// Account returns the states of the batches of one account, sorted by job id.
func (s *Store) Account(name string) []*State {
	s.mu.RLock()
	defer s.mu.RUnlock()
	first, _ := slices.BinarySearchFunc(s.sorted, key{account: name}, key.compare)
	n := 0
	for first+n < len(s.sorted) && s.sorted[first+n].account == name {
		n++
	}
	return s.get(s.sorted[first : first+n])
}

// get returns the states of these batches. s.mu is held.
func (s *Store) get(keys []key) []*State {
	states := make([]*State, len(keys))
	for i, k := range keys {
		states[i] = s.states[k]
	}
	return states
}

// Get returns the state of one batch, or nil if the batch is not in the store.
func (s *Store) Get(account, jobID string) *State {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.states[key{account, jobID}]
}

// Replace puts after in place of before. A nil before adds a new batch. It returns
// false and changes nothing if the store holds another state than before.
func (s *Store) Replace(before, after *State) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := key{after.Account, after.JobID}
	if s.states[k] != before {
		return false
	}
	s.states[k] = after
	if before == nil {
		at, _ := slices.BinarySearchFunc(s.sorted, k, key.compare)
		s.sorted = slices.Insert(s.sorted, at, k)
	}
	if before == nil || significant(before, after) {
		s.changes++
	}
	return true
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

// Changes counts the changes that would be missed after a crash: a first answer, a
// new status, a failure or its end, a batch that was added or removed.
func (s *Store) Changes() uint64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.changes
}

// significant reports whether an update is more than the same facts with a newer age.
func significant(before, after *State) bool {
	return before.AsOf.IsZero() != after.AsOf.IsZero() || before.Listed.IsZero() != after.Listed.IsZero() ||
		before.Job.Status() != after.Job.Status() || (before.Err == nil) != (after.Err == nil) ||
		(before.Devices == nil) != (after.Devices == nil) || (before.Size == nil) != (after.Size == nil)
}

// ExpectedDuration is [target.Rules.ExpectedDuration]. A deadline is computed when
// it is shown, so a reload only has to set this.
func (s *Store) ExpectedDuration() time.Duration {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.expected
}

// SetExpectedDuration sets what ExpectedDuration returns.
func (s *Store) SetExpectedDuration(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expected = d
}
