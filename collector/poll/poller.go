package poll

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/go-kit/log"
	"github.com/go-kit/log/level"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/credentials"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// Poller polls the batches of all accounts. It is safe for concurrent use.
type Poller struct {
	store *store.Store
	o     Options
	calls *callMetrics

	// mu guards all fields below. Lock order: Poller.mu, account.mu, then the locks
	// inside the store, the slots and the metrics. Neither of the first two is held
	// while a call is made or waited for.
	mu       sync.Mutex
	accounts map[string]*account
	stopping map[*account]bool // some of their calls may still be under way
	budgets  budgets
	division target.Division // of the last setup
}

// Options are what the calls of all accounts have in common.
type Options struct {
	UserAgent string
	Transport http.RoundTripper // nil: one for each account, see aliyun.Options
	Logger    log.Logger
}

// stopTimeout is how long [Poller.Stop] waits for calls. They are cancelled, so it
// matters only for one that does not look at its context.
const stopTimeout = time.Second

// New returns a poller without accounts.
func New(store *store.Store, o Options) *Poller {
	return &Poller{store: store, o: o, calls: newCallMetrics(o.Logger), accounts: make(map[string]*account), stopping: make(map[*account]bool), budgets: newBudgets()}
}

// Apply starts, changes and stops accounts so that exactly those of setup are polled.
// ctx ends the polling of those that it starts. What is known of batches that stay is
// kept, and so are the connections and tokens of accounts whose credentials stay. The
// batches of accounts of other shards are parked. Apply does not wait for the calls of
// accounts that are stopped.
func (p *Poller) Apply(ctx context.Context, setup target.Setup) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.division = setup.Division()
	p.store.SetExpectedDuration(setup.Rules.ExpectedDuration)
	stay := make(map[string]bool, len(setup.Accounts))
	for _, a := range setup.Accounts {
		stay[a.Name] = true
	}
	for name, a := range p.accounts {
		if stay[name] {
			continue
		}
		p.stop(name)
		p.calls.forget(name)
		if _, elsewhere := setup.Others[name]; elsewhere {
			level.Info(a.logger).Log("msg", "another shard watches the account from now on")
			continue
		}
		_, dropped := p.store.Configure(target.Account{Name: name})
		p.store.SetFirmwares(name, nil)
		logDropped(a.logger, dropped, func(*store.State) string { return "its account left the configuration" })
	}
	p.store.Park(slices.Collect(maps.Keys(setup.Others)), setup.Rules.MaxAge)
	p.budgets.configure(setup.Accounts)
	for _, config := range setup.Accounts {
		a, known := p.accounts[config.Name]
		if !known {
			a = newAccount(config, setup.Rules, p.budgets, p.store, p.calls, p.o)
			p.accounts[config.Name] = a
		}
		p.calls.expect(config.Name, config.Operations())
		a.configure(config, setup.Rules, p.budgets)
		if !known {
			a.start(ctx)
		}
	}
	p.budgets.forget(setup.Accounts)
}

// Stop ends all polling. It returns when the last call has ended, or after a second;
// calls that end later change nothing.
func (p *Poller) Stop() {
	p.mu.Lock()
	for name := range p.accounts {
		p.stop(name)
	}
	stopping := maps.Clone(p.stopping)
	p.mu.Unlock()
	timeout := time.NewTimer(stopTimeout)
	defer timeout.Stop()
	for a := range stopping {
		select {
		case <-a.ended:
		case <-timeout.C:
			return
		}
	}
}

// stop ends the polling of an account without waiting for its calls. p.mu is held.
func (p *Poller) stop(name string) {
	a := p.accounts[name]
	delete(p.accounts, name)
	a.stop()
	p.stopping[a] = true
	go func() {
		<-a.ended
		a.close()
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.stopping, a)
	}()
}

// all returns the accounts by name. The map is the caller's.
func (p *Poller) all() map[string]*account {
	p.mu.Lock()
	defer p.mu.Unlock()
	return maps.Clone(p.accounts)
}

// Division returns how shards divide the accounts of the last setup.
func (p *Poller) Division() target.Division {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.division
}

// SecretFiles returns the files that the secrets of an account are read from.
func (p *Poller) SecretFiles(account string) []string {
	a := p.all()[account]
	if a == nil {
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.config.Credentials.SecretFiles()
}

// NewClient returns a client with the credentials of an account, for calls without a
// poller. It makes no call. The client logs what a poller would log about its calls.
func NewClient(a target.Account, o Options) *aliyun.Client {
	calls := newCallMetrics(o.Logger)
	return newClient(a, o, calls, func(c aliyun.Call) { calls.observe(a.Name, c) }, nil)
}

// newClient returns a client with the credentials of an account. It makes no call.
// Clients of one account share an echo; nil: one of its own.
func newClient(a target.Account, o Options, calls *callMetrics, observe aliyun.Observer, echo *aliyun.Echo) *aliyun.Client {
	keys := credentials.New(a.Credentials, calls.refreshFailed(a.Name))
	return aliyun.NewClient(keys, aliyun.Options{
		Timeout:   a.Timeout,
		UserAgent: o.UserAgent,
		Observe:   observe,
		Transport: o.Transport,
		Echo:      echo,
	})
}
