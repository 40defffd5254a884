package harness

import (
	"bytes"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-kit/log"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/check"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/expose"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/poll"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// JobID is the batch of tests that need only one batch.
const JobID = "wahVIzGkCMuAUE2gDERM020001"

// DefaultRules are the rules of a configuration file that sets none.
var DefaultRules = target.Rules{
	Interval: 15 * time.Second, SettledInterval: 24 * time.Hour, ExpectedDuration: 24 * time.Hour,
	DeviceInterval: time.Minute, DiscoveryInterval: time.Minute, MaxAge: 720 * time.Hour,
}

// Harness is the exporter from end to end: simulator, client, poller, store, registry and
// handler. It lives in a synctest bubble: the clock starts at 2000-01-01 UTC, and only Pass
// advances it. Calls need no connection, unless the test says so by [Harness.OverConnections].
type Harness struct {
	T        *testing.T
	Sim      *simulator.Simulator
	Store    *store.Store
	Poller   *poll.Poller
	Registry *prometheus.Registry
	Handler  http.Handler
	Logs     bytes.Buffer // read it only after Pass or Scrape, which wait for its writers
	Setup    target.Setup // change it, then call Apply
	Options  poll.Options

	answers     atomic.Pointer[http.Handler] // the simulator, or what stands between it and the client
	connections *http.Transport              // nil: calls need none
	dial        Dial                         // of connections
	unreachable atomic.Bool
}

// Simulated runs a test with a harness in a bubble of its own, in parallel with other tests.
// A test calls it once.
func Simulated(t *testing.T, test func(t *testing.T, h *Harness)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { test(t, New(t)) })
}

// New returns a harness with the account "production", ten slots and no batches. It ends with
// the test.
func New(t *testing.T) *Harness {
	t.Helper()
	h := &Harness{
		T:        t,
		Sim:      simulator.New(),
		Store:    store.New(),
		Registry: prometheus.NewRegistry(),
		Setup: target.Setup{
			Rules: DefaultRules,
			Accounts: []target.Account{{
				Name:              "production",
				RequestsPerSecond: 10,
				Credentials:       Credentials,
			}},
		},
	}
	h.Accept(OwnKey)
	h.AnswerBy(h.Sim)
	logger := log.NewLogfmtLogger(log.NewSyncWriter(&h.Logs))
	h.Options = poll.Options{
		Transport: calls{h},
		Logger:    logger,
	}
	h.Poller = poll.New(h.Store, h.Options)
	t.Cleanup(func() { h.Poller.Stop() })
	h.Registry.MustRegister(h.Poller)
	var err error
	if h.Handler, err = expose.NewHandler(h.Store, h.Registry, logger); err != nil {
		t.Fatal(err)
	}
	return h
}

// Account returns the configuration of the account. Change it, then call Apply.
func (h *Harness) Account() *target.Account { return &h.Setup.Accounts[0] }

// Rename gives the account another name. Call Apply afterwards.
func (h *Harness) Rename(name string) { *h.Account() = Renamed(*h.Account(), name) }

// Renamed returns an account with another name, and its batches with it.
func Renamed(a target.Account, name string) target.Account {
	a.Name = name
	a.Targets = slices.Clone(a.Targets)
	for i := range a.Targets {
		a.Targets[i].Account = name
	}
	return a
}

// Apply applies h.Setup and waits for everything that happens without time passing.
func (h *Harness) Apply() {
	h.Poller.Apply(h.T.Context(), h.Setup)
	synctest.Wait()
}

// Pass advances the clock and waits for everything that happens meanwhile.
func (h *Harness) Pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// Within advances the clock in steps of 100 ms until so returns true, and returns how long
// that took. After limit the test fails.
func (h *Harness) Within(limit time.Duration, what string, so func() bool) time.Duration {
	h.T.Helper()
	start := time.Now()
	for !so() {
		if time.Since(start) > limit {
			h.T.Errorf("%s: not within %v", what, limit)
			break
		}
		h.Pass(100 * time.Millisecond)
	}
	return time.Since(start)
}

// CheckLive returns the output of --config.check-live for the configuration of the harness.
func (h *Harness) CheckLive() (out string, err error) {
	var b bytes.Buffer
	err = check.Live(h.T.Context(), &b, nil, func() (target.Setup, error) { return h.Setup, nil }, h.Options)
	return b.String(), err
}
