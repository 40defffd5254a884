package simulator

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// Calls counts the calls of an operation by what they were answered.
type Calls struct {
	Accepted  int
	Throttled int
	// Other counts by error code, or by Kind for a Fault that has one.
	Other map[string]int
}

// callLog is guarded by Simulator.mu.
type callLog struct {
	recording bool
	arrivals  map[lane][]time.Time
	calls     map[lane]*Calls
}

// Record switches the recording of arrivals on or off; off forgets them.
func (s *Simulator) Record(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log.recording = on
	if !on {
		clear(s.log.arrivals)
	}
}

// Arrivals returns when each call of an operation with a key of an account reached
// the simulator while it recorded, also those that were refused. The account "" has
// the calls with an unknown key.
func (s *Simulator) Arrivals(account, operation string) []time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.log.arrivals[lane{account, operation}])
}

// Calls returns the counts of an operation since New, for the account "" those with
// an unknown key.
func (s *Simulator) Calls(account, operation string) Calls {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.log.calls[lane{account, operation}]
	if c == nil {
		return Calls{}
	}
	return Calls{c.Accepted, c.Throttled, maps.Clone(c.Other)}
}

func (l *callLog) arrive(at lane, now time.Time) {
	if l.recording {
		l.arrivals[at] = append(l.arrivals[at], now)
	}
}

func (l *callLog) count(at lane, code string) {
	if operations[at.operation] == nil {
		at.operation = "" // whatever callers make up takes no room
	}
	c := l.calls[at]
	if c == nil {
		c = &Calls{}
		l.calls[at] = c
	}
	switch {
	case code == "":
		c.Accepted++
	case strings.HasPrefix(code, "Throttling"):
		c.Throttled++
	default:
		if c.Other == nil {
			c.Other = map[string]int{}
		}
		c.Other[code]++
	}
}

// WorstWindow returns the most arrivals in any half-open window of that length.
func WorstWindow(arrivals []time.Time, window time.Duration) int {
	sorted := slices.SortedFunc(slices.Values(arrivals), time.Time.Compare)
	worst, from := 0, 0
	for i, at := range sorted {
		for at.Sub(sorted[from]) >= window {
			from++
		}
		worst = max(worst, i-from+1)
	}
	return worst
}
