package poll

import (
	"context"
	"maps"
	"net/http"
	"sync"
	"time"

	"github.com/go-kit/log"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// Poller polls the batches of all accounts, each with a watcher of its own.
type Poller struct {
	store *store.Store
	o     Options

	// mu guards all below. A watcher's lock may be taken while it is held. No
	// call, and no end of one, is waited for with either of them.
	mu       sync.Mutex
	watchers map[string]*running
	stopping map[*running]bool // some of their calls may still be under way
	budgets  budgets
}

// Options are what the calls of all accounts have in common.
type Options struct {
	Calls     *CallMetrics
	UserAgent string
	Transport http.RoundTripper // nil: one for each account, see aliyun.Options
	Logger    log.Logger
}

// stopTimeout is how long [Poller.Stop] waits for calls. They are cut short, so
// it is needed only for one that does not look at its context.
const stopTimeout = time.Second

// New gives a poller without accounts.
func New(store *store.Store, o Options) *Poller {
	return &Poller{store: store, o: o, watchers: make(map[string]*running), stopping: make(map[*running]bool), budgets: newBudgets()}
}

// Apply starts, changes and stops watchers so that just these accounts are
// polled; ctx ends the polling of those it starts. What is known of batches
// that stay is kept, and so are connections and tokens of accounts whose
// credentials stay. It does not wait for calls of accounts that go.
func (p *Poller) Apply(ctx context.Context, setup target.Setup) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.store.SetExpectedDuration(setup.Rules.ExpectedDuration)
	stay := make(map[string]bool, len(setup.Accounts))
	for _, a := range setup.Accounts {
		stay[a.Name] = true
	}
	for name := range p.watchers {
		if !stay[name] {
			logger := p.watchers[name].logger
			p.end(name)
			_, dropped := p.store.SetTargets(name, nil, nil)
			tellDropped(logger, dropped, func(*store.State) string { return "its account left the configuration" })
			p.o.Calls.forget(name)
		}
	}
	p.budgets.configure(setup.Accounts)
	for _, a := range setup.Accounts {
		r, known := p.watchers[a.Name]
		if !known {
			slots := func(operation string) *aliyun.Slots { return p.budgets.slotsOf(a, operation) }
			r = &running{watcher: newWatcher(a, setup.Rules, slots, p.store, p.o.Logger)}
			p.watchers[a.Name] = r
		}
		if r.client == nil || r.made.Credentials != a.Credentials || r.made.Timeout != a.Timeout {
			r.client = NewClient(a, p.o, r.observe(p.o.Calls.Observer(a.Name)), &r.echo)
		}
		r.made = a
		p.o.Calls.expect(a.Name, a.Operations())
		r.apply(a, setup.Rules, r.client, func(operation string) *aliyun.Budget { return p.budgets.of(a, operation) })
		if !known {
			r.start(ctx)
		}
	}
	p.budgets.forget(setup.Accounts)
}

// Stop ends all polling. It returns when the last call has ended, or soon: what
// comes later is dropped.
func (p *Poller) Stop() {
	p.mu.Lock()
	for name := range p.watchers {
		p.end(name)
	}
	stopping := maps.Clone(p.stopping)
	p.mu.Unlock()
	timeout := time.NewTimer(stopTimeout)
	defer timeout.Stop()
	for r := range stopping {
		select {
		case <-r.ended:
		case <-timeout.C:
			return
		}
	}
}

// end ends a watcher without waiting for its calls. p.mu is held.
func (p *Poller) end(name string) {
	r := p.watchers[name]
	delete(p.watchers, name)
	r.mu.Lock()
	r.stopped = true
	r.cancel() // with the lock: a call that ends now either was taken up or will not be
	r.mu.Unlock()
	p.stopping[r] = true
	go func() {
		<-r.ended
		r.client.Close()
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.stopping, r)
	}()
}

// all gives the watchers as of now, by the name of the account.
func (p *Poller) all() map[string]*running {
	p.mu.Lock()
	defer p.mu.Unlock()
	return maps.Clone(p.watchers)
}

// running is a watcher with what it was made from.
type running struct {
	*watcher
	made   target.Account
	client *aliyun.Client
	echo   aliyun.Echo // of all its clients: a reload can make another
	cancel context.CancelFunc
	ended  chan struct{} // closed when the last call has ended
}

func (r *running) start(ctx context.Context) {
	ctx, r.cancel = context.WithCancel(ctx)
	r.ended = make(chan struct{})
	go func() {
		defer close(r.ended)
		r.run(ctx)
	}()
}

// observe counts calls until the watcher is stopped: the series of its account
// are gone from then on.
func (r *running) observe(calls aliyun.Observer) aliyun.Observer {
	return func(c aliyun.Call) {
		r.mu.Lock()
		defer r.mu.Unlock()
		if !r.stopped {
			calls(c)
		}
	}
}

// NewClient gives a client with the credentials of an account. It makes no call.
func NewClient(a target.Account, o Options, observe aliyun.Observer, echo *aliyun.Echo) *aliyun.Client {
	keys := aliyun.NewCredentials(a.Credentials, o.Calls.RefreshFailed(a.Name))
	return aliyun.NewClient(keys, aliyun.Options{
		Timeout:   a.Timeout,
		UserAgent: o.UserAgent,
		Observe:   observe,
		Transport: o.Transport,
		Echo:      echo,
	})
}
