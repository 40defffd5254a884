package gateway

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// Calls counts the calls of an operation by what they were answered. The zero
// value is no call.
type Calls struct {
	Accepted  int
	Throttled int
	// Other counts the rest by error code, or by Kind for a Fault that has one.
	Other map[string]int
}

// callLog is what the gateway has seen; guarded by Gateway.mu.
type callLog struct {
	recording bool
	arrivals  map[lane][]time.Time
	calls     map[lane]*Calls
}

// Record switches the recording of arrivals on or off; it is off in the
// beginning. Off forgets what was recorded.
func (g *Gateway) Record(on bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.log.recording = on
	if !on {
		clear(g.log.arrivals)
	}
}

// Arrivals returns when calls of an operation with a key of the account reached the
// gateway while it recorded, refused ones included. The account "" has the calls
// with an unknown key. The slice is the caller's.
func (g *Gateway) Arrivals(account, operation string) []time.Time {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.log.arrivals[lane{account, operation}])
}

// Calls returns the counts of an operation since New. The account "" has the calls
// with an unknown key, the operation "" those of all unknown operations.
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

// count adds an answer; code is "" for success.
func (l *callLog) count(at lane, code string) {
	if !served(at.operation) {
		at.operation = "" // names that callers make up must not pile up
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

// WorstWindow returns the most arrivals in any half-open window of that length,
// which must be more than 0; 0 if there are none. The order does not matter.
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
