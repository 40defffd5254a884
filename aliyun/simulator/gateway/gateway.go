package gateway

import (
	"net/http"
	"sync"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
)

// apiVersion is the only version that is served.
const apiVersion = "2018-01-20"

// Gateway is an http.Handler that answers like the endpoint of the API. Create it with
// New; the zero value is not usable. It is safe for concurrent use.
type Gateway struct {
	fleet *fleet.Fleet

	mu       sync.Mutex          // not held while the fleet is asked
	accounts map[string]*account // by name; guarded by mu, as all below
	faults   []*fault
	nonces   nonces
	dialect  Dialect
	log      callLog
}

// New returns a gateway without accounts, which refuses every call.
func New(f *fleet.Fleet) *Gateway {
	return &Gateway{
		fleet:    f,
		accounts: map[string]*account{},
		nonces:   nonces{seen: map[string]struct{}{}},
		log: callLog{
			arrivals: map[lane][]time.Time{},
			calls:    map[lane]*Calls{},
		},
	}
}

// ServeHTTP answers one call. For the quota and for Arrivals, the call arrives when
// ServeHTTP starts, before the latency of a Fault. The kinds Truncate and Reset may make
// it panic with http.ErrAbortHandler, at which a server of net/http closes the
// connection.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	now := time.Now()
	g.mu.Lock()
	dialect := g.dialect
	g.mu.Unlock()
	c, refused := newCall(r, dialect)

	g.identify(c)
	rivals := 0
	if c.rival != nil {
		rivals = c.rival(now)
	}
	g.mu.Lock()
	g.log.arrive(c.lane(), now)
	if refused == nil {
		refused = g.admit(c, now, rivals)
	}
	trouble := g.takeFaults(c)
	g.mu.Unlock()

	latency := trouble.delay()
	a := trouble.change(c, c.run(g.fleet, now, refused))
	g.mu.Lock()
	g.log.count(c.lane(), a.code)
	g.mu.Unlock()

	if !sleep(r.Context(), latency) {
		return
	}
	a.write(w, r)
}

// lane is the key of quotas and counters.
type lane struct{ account, operation string }
