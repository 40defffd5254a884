package collector

import (
	"context"
	"net/http"
	"sync"

	"github.com/go-kit/log"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// Poller polls the batches of all accounts, each account in a lane of its own.
type Poller struct {
	store *Store
	o     PollerOptions

	mu    sync.Mutex // guards all below
	lanes map[string]*runningLane
	// slots outlive their account: one that is taken out of the
	// configuration and put back finds its calls of the last second counted.
	slots map[string]*aliyun.Slots
}

// PollerOptions are what the calls of all accounts have in common.
type PollerOptions struct {
	Calls     *CallMetrics
	UserAgent string
	Transport http.RoundTripper // nil: one for each account, see aliyun.Options
	Logger    log.Logger
}

// runningLane is a lane with what it was made from.
type runningLane struct {
	*lane
	account Account
	client  *aliyun.Client
	stop    func() // ends the lane and waits for its calls
}

// NewPoller gives a poller without accounts.
func NewPoller(store *Store, o PollerOptions) *Poller {
	return &Poller{store: store, o: o, lanes: make(map[string]*runningLane), slots: make(map[string]*aliyun.Slots)}
}

// Apply starts, changes and stops lanes so that just these accounts are
// polled; ctx ends the polling of those it starts. What is known of batches
// that stay is kept, and so are connections and tokens of accounts whose
// credentials stay.
func (p *Poller) Apply(ctx context.Context, setup Setup) {
	p.mu.Lock()
	defer p.mu.Unlock()
	stay := make(map[string]bool, len(setup.Accounts))
	for _, a := range setup.Accounts {
		stay[a.Name] = true
		l, known := p.lanes[a.Name]
		if !known {
			l = p.newLane(a, setup.Rules)
			p.lanes[a.Name] = l
		}
		if l.client == nil || l.account.Credentials != a.Credentials || l.account.Timeout != a.Timeout {
			l.client = newClient(a, p.o)
		}
		l.account = a
		l.apply(a, setup.Rules, l.client)
		if !known {
			l.start(ctx)
		}
	}
	for name, l := range p.lanes {
		if !stay[name] {
			l.stop()
			delete(p.lanes, name)
			p.store.SetTargets(name, nil)
			p.o.Calls.Forget(name)
		}
	}
}

// Stop ends all polling and returns when the last call has ended.
func (p *Poller) Stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for name, l := range p.lanes {
		l.stop()
		delete(p.lanes, name)
	}
}

func (p *Poller) newLane(a Account, rules Rules) *runningLane {
	if p.slots[a.Name] == nil {
		p.slots[a.Name] = aliyun.NewSlots(a.RequestsPerSecond)
	}
	return &runningLane{lane: &lane{
		store:  p.store,
		logger: log.With(p.o.Logger, "account", a.Name),
		slots:  p.slots[a.Name],
		news:   make(chan struct{}, 1),
		plan:   newPlan(rules, a.RequestsPerSecond),
	}}
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

func (l *runningLane) start(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		l.run(ctx)
		l.client.Close()
	}()
	l.stop = func() {
		cancel()
		<-ended
	}
}
