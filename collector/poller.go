package collector

import (
	"context"
	"net/http"
	"sync"

	"github.com/go-kit/log"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// Poller polls the batches of all accounts, each with a watcher of its own.
type Poller struct {
	store *Store
	o     PollerOptions

	mu       sync.Mutex // guards all below
	watchers map[string]*running
	// slots outlive their account: one that is taken out of the
	// configuration and put back finds its calls of the last second counted.
	slots map[lanekey]*aliyun.Slots
}

type lanekey struct{ account, operation string }

// PollerOptions are what the calls of all accounts have in common.
type PollerOptions struct {
	Calls     *CallMetrics
	UserAgent string
	Transport http.RoundTripper // nil: one for each account, see aliyun.Options
	Logger    log.Logger
}

// running is a watcher with what it was made from.
type running struct {
	*watcher
	made   Account
	client *aliyun.Client
	stop   func() // ends it and waits for its calls
}

// NewPoller gives a poller without accounts.
func NewPoller(store *Store, o PollerOptions) *Poller {
	return &Poller{store: store, o: o, watchers: make(map[string]*running), slots: make(map[lanekey]*aliyun.Slots)}
}

// Apply starts, changes and stops watchers so that just these accounts are
// polled; ctx ends the polling of those it starts. What is known of batches
// that stay is kept, and so are connections and tokens of accounts whose
// credentials stay.
func (p *Poller) Apply(ctx context.Context, setup Setup) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.store.SetExpectedDuration(setup.Rules.ExpectedDuration)
	stay := make(map[string]bool, len(setup.Accounts))
	for _, a := range setup.Accounts {
		stay[a.Name] = true
		r, known := p.watchers[a.Name]
		if !known {
			slots := func(operation string) *aliyun.Slots { return p.slotsOf(a, operation) }
			r = &running{watcher: newWatcher(a, setup.Rules, slots, p.store, p.o.Logger)}
			p.watchers[a.Name] = r
		}
		if r.client == nil || r.made.Credentials != a.Credentials || r.made.Timeout != a.Timeout {
			r.client = newClient(a, p.o)
		}
		r.made = a
		p.o.Calls.expect(a.Name, a.operations())
		r.apply(a, setup.Rules, r.client)
		if !known {
			r.start(ctx)
		}
	}
	for name, r := range p.watchers {
		if !stay[name] {
			r.stop()
			delete(p.watchers, name)
			_, dropped := p.store.SetTargets(name, nil, nil)
			for _, state := range dropped {
				tellDropped(r.logger, state, "its account left the configuration")
			}
			p.o.Calls.forget(name)
		}
	}
}

// Stop ends all polling and returns when the last call has ended.
func (p *Poller) Stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for name, r := range p.watchers {
		r.stop()
		delete(p.watchers, name)
	}
}

// slotsOf is the rate budget of one operation of an account. p.mu is held.
func (p *Poller) slotsOf(a Account, operation string) *aliyun.Slots {
	k := lanekey{a.Name, operation}
	if p.slots[k] == nil {
		p.slots[k] = aliyun.NewSlots(a.RequestsPerSecond)
	}
	return p.slots[k]
}

func newClient(a Account, o PollerOptions) *aliyun.Client {
	keys := aliyun.NewCredentials(a.Credentials, o.Calls.RefreshFailed(a.Name))
	return aliyun.NewClient(keys, aliyun.Options{
		Timeout:   a.Timeout,
		UserAgent: o.UserAgent,
		Observe:   o.Calls.Observer(a.Name),
		Transport: o.Transport,
	})
}

func (r *running) start(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		r.run(ctx)
	}()
	r.stop = func() {
		cancel()
		<-ended
		r.client.Close()
	}
}
