package gateway

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// Calls counts the calls of an operation by result. The zero value is no calls.
type Calls struct {
	Accepted  int
	Throttled int
	// Other counts the other calls by error code, or by Kind if a Fault has one.
	Other map[string]int
}

// callLog counts calls and, on request, records when they arrive. Guarded by Gateway.mu.
type callLog struct {
	recording bool
	arrivals  map[lane][]time.Time
	calls     map[lane]*Calls
}

// Record switches the recording of arrivals on or off. It is off at first. Switching it
// off deletes the recorded arrivals.
func (g *Gateway) Record(on bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.log.recording = on
	if !on {
		clear(g.log.arrivals)
	}
}

// Arrivals returns the recorded arrivals of the calls of an operation with a key of an
// account, including refused calls. Calls with an unknown key belong to the account "".
// The caller owns the slice.
func (g *Gateway) Arrivals(account, operation string) []time.Time {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.log.arrivals[lane{account, operation}])
}

// Calls returns the counts of an operation since New. Calls with an unknown key belong to
// the account "", calls of unknown operations to the operation "".
func (g *Gateway) Calls(account, operation string) Calls {
	g.mu.Lock()
	defer g.mu.Unlock()
	c := g.log.calls[lane{account, operation}]
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

// count counts an answer. code is "" for success.
func (l *callLog) count(at lane, code string) {
	if !served(at.operation) {
		at.operation = "" // limits the map: callers can send any name
	}
	c := l.calls[at]
	if c == nil {
		c = &Calls{Other: map[string]int{}}
		l.calls[at] = c
	}
	switch {
	case code == "":
		c.Accepted++
	case strings.HasPrefix(code, "Throttling"):
		c.Throttled++
	default:
		c.Other[code]++
	}
}

// WorstWindow returns the largest number of arrivals in any half-open window of a length
// greater than 0. The arrivals can be in any order.
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
