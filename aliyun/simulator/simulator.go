// Package simulator is the OTA part of the Alibaba Cloud IoT Platform API
// (version 2018-01-20) as a client sees it: signatures, clock skew, nonces, STS
// tokens, permissions, request budgets, error forms, XML and JSON, paging, and
// batches that move with the clock.
//
// It serves tests, benchmarks and the demo. Only StartDemo opens a listener, and
// only it and Pipe start goroutines. Nothing is kept per device: what a device
// does is a function of its batch, its index and the time. The package imports
// nothing but the standard library.
//
// Time comes from package time, so testing/synctest can drive it.
package simulator

import (
	"net/http"
	"sync"
	"time"
)

// apiVersion is the only version that is served.
const apiVersion = "2018-01-20"

// Simulator is an http.Handler that answers as the endpoint does. Make one with
// New: the zero value cannot be used. All methods may be called concurrently,
// also while it serves.
type Simulator struct {
	mu       sync.Mutex
	accounts map[string]*account  // by name; guarded by mu, as all below
	batches  map[string]*batch    // by job id; the values are never changed
	packages map[string]*firmware // by firmware id
	order    []string             // firmware ids, oldest first
	faults   []*fault
	nonces   nonces
	gateway  Gateway
	log      callLog
	// tick moves the demo on; nil elsewhere. Called with mu held.
	tick func(now time.Time)
}

// New returns a simulator without accounts: it refuses every call.
func New() *Simulator {
	return &Simulator{
		accounts: map[string]*account{},
		batches:  map[string]*batch{},
		packages: map[string]*firmware{},
		nonces:   nonces{seen: map[string]struct{}{}},
		log: callLog{
			arrivals: map[lane][]time.Time{},
			calls:    map[lane]*Calls{},
		},
	}
}

// ServeHTTP answers one call. The call counts as arrived, for the budget and for
// Arrivals, when ServeHTTP starts; the latency of a Fault comes after that. The
// kinds Truncate and Reset may make it panic with http.ErrAbortHandler, which a
// server of net/http takes as the order to drop the connection.
func (s *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	now := time.Now()
	s.mu.Lock()
	gateway := s.gateway
	s.mu.Unlock()
	c, refused := newCall(r, gateway)

	s.mu.Lock()
	if s.tick != nil {
		s.tick(now)
	}
	s.identify(c)
	s.log.arrive(c.lane(), now)
	if refused == nil {
		refused = s.admit(c, now)
	}
	trouble := s.takeFaults(c)
	s.mu.Unlock()

	a := trouble.change(c, c.run(s, now, refused))
	s.mu.Lock()
	s.log.count(c.lane(), a.code)
	s.mu.Unlock()

	if !sleep(r.Context(), trouble.latency) {
		return
	}
	a.write(w, r)
}

// lane is what the budget and the counters are kept by.
type lane struct{ account, operation string }
