package store

import (
	"maps"
	"slices"
	"strings"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// Configure makes the batches of an account those that its configuration names,
// and the known ones that its configuration still discovers. An account with only a
// name keeps none. It returns the state of each batch that stays or is new, and the
// last state of each batch that was dropped.
func (s *Store) Configure(a target.Account) (states, dropped []*State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	known := s.takeKnown(a.Name)
	add := func(t target.Target) {
		state := State{}
		if old := known[t.JobID]; old != nil {
			state = *old
			t.FoundBy = old.FoundBy
			delete(known, t.JobID)
		}
		state.Target = t
		states = append(states, &state)
		s.states[key{a.Name, t.JobID}] = &state
	}
	for _, t := range a.Configured() {
		add(t)
	}
	for _, jobID := range slices.Sorted(maps.Keys(known)) {
		if t, still := stillDiscovered(a, known[jobID]); still {
			add(t)
		}
	}
	s.sorted = slices.SortedFunc(maps.Keys(s.states), key.compare)
	for _, jobID := range slices.Sorted(maps.Keys(known)) {
		dropped = append(dropped, known[jobID])
	}
	return states, dropped
}

// takeKnown removes the batches of an account, also those of the state file, and
// returns them by job id. s.mu is held.
func (s *Store) takeKnown(account string) map[string]*State {
	known := make(map[string]*State)
	for _, from := range []map[key]*State{s.restored, s.states} {
		for k, state := range from {
			if k.account == account {
				known[k.jobID] = state
				delete(from, k)
			}
		}
	}
	return known
}

// stillDiscovered returns the target of a batch that the configuration of its
// account discovers, be it by another entry than before. It returns false if no
// entry does.
func stillDiscovered(a target.Account, s *State) (target.Target, bool) {
	t := s.Target
	t.Counted, t.Origin = a.DeviceCounts, target.Discovered
	var products, firmwares []string
	switch kind, id, _ := strings.Cut(t.FoundBy, " "); kind {
	case "product":
		products = append(products, id)
	case "firmware":
		firmwares = append(firmwares, id)
	}
	if s.Job != nil {
		products, firmwares = append(products, aliyun.Text(s.Job.ProductKey)), append(firmwares, aliyun.Text(s.Job.FirmwareID))
	}
	for _, d := range a.Discover {
		if d.Instance.ID != t.Instance.ID || d.Region != t.Region {
			continue
		}
		t.Instance = d.Instance
		for _, id := range firmwares {
			if slices.Contains(d.Firmwares, id) {
				t.FoundBy = target.Firmware{ID: id}.Entry()
				return t, true
			}
		}
		for _, id := range products {
			if slices.Contains(d.Products, id) {
				t.FoundBy = target.Product{Key: id}.Entry()
				return t, true
			}
		}
		// A batch that was only ever configured, and that no list or answer showed,
		// may have a wrong id. It does not stay.
		if slices.Contains(d.Products, target.AllProducts) && (t.FoundBy != "" || s.Job != nil) {
			t.FoundBy = target.Product{Key: target.AllProducts}.Entry()
			return t, true
		}
	}
	return t, false
}

// Restore takes over what an earlier run saved. Each account takes its batches when
// it is next configured.
func (s *Store) Restore(states []*State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.restored = make(map[key]*State, len(states))
	for _, state := range states {
		s.restored[key{state.Account, state.JobID}] = state
	}
}

// Waiting returns how many restored batches no account has taken yet.
func (s *Store) Waiting() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.restored)
}

// Restored returns the restored batches that no account has taken yet, in any order.
func (s *Store) Restored() []*State {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Collect(maps.Values(s.restored))
}
