package collector_test

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-kit/log"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector"
)

// jobID is the batch of tests that need only one.
const jobID = "wahVIzGkCMuAUE2gDERM020001"

// defaultRules are those of a configuration file that sets none.
var defaultRules = collector.Rules{
	Interval: 15 * time.Second, SettledInterval: 24 * time.Hour, ExpectedDuration: 24 * time.Hour,
	DeviceInterval: time.Minute, DiscoveryInterval: time.Minute, MaxAge: 720 * time.Hour,
}

// harness is the exporter from end to end: simulator, client, poller, store,
// registry, handler. It lives in a synctest bubble: the connections are pipes in
// memory, the clock starts at 2000-01-01 UTC, and only pass moves it.
type harness struct {
	t        *testing.T
	sim      *simulator.Simulator
	store    *collector.Store
	poller   *collector.Poller
	registry *prometheus.Registry
	handler  http.Handler
	logs     bytes.Buffer    // read it after pass or scrape only: they wait for its writers
	setup    collector.Setup // change it, then apply
	options  collector.PollerOptions

	transport   *http.Transport
	dial        func(ctx context.Context, network, address string) (net.Conn, error)
	unreachable atomic.Bool // dialling fails
}

// simulated runs a test in a bubble of its own, with a harness, in parallel with
// others. A test calls it once.
func simulated(t *testing.T, test func(t *testing.T, h *harness)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { test(t, newHarness(t)) })
}

// newHarness makes one with the account "production", ten slots and nothing to
// watch. It ends with the test.
func newHarness(t *testing.T) *harness {
	t.Helper()
	h := &harness{
		t:        t,
		sim:      simulator.New(),
		store:    collector.NewStore(),
		registry: prometheus.NewRegistry(),
		setup: collector.Setup{
			Rules: defaultRules,
			Accounts: []collector.Account{{
				Name:              "production",
				RequestsPerSecond: 10,
				Credentials:       credentials,
			}},
		},
	}
	h.accept(ownKey)
	var stop func()
	h.dial, stop = simulator.Pipe(h.sim)
	h.transport = &http.Transport{
		MaxIdleConnsPerHost: 10,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			if h.unreachable.Load() {
				return nil, &net.DNSError{Err: "no such host", Name: "iot.cn-shanghai.aliyuncs.com", IsNotFound: true}
			}
			return h.dial(ctx, network, address)
		},
	}
	logger := log.NewLogfmtLogger(log.NewSyncWriter(&h.logs))
	h.options = collector.PollerOptions{
		Calls:     collector.NewCallMetrics(h.registry, logger),
		Transport: h.transport,
		Logger:    logger,
	}
	h.poller = collector.NewPoller(h.store, h.options)
	t.Cleanup(func() {
		h.poller.Stop()
		h.transport.CloseIdleConnections()
		stop()
	})
	h.registry.MustRegister(h.poller)
	var err error
	if h.handler, err = collector.NewHandler(h.store, h.registry, logger); err != nil {
		t.Fatal(err)
	}
	return h
}

// account is the configuration of the one account; change it, then apply.
func (h *harness) account() *collector.Account { return &h.setup.Accounts[0] }

// apply puts h.setup into force and waits for what is done at once.
func (h *harness) apply() {
	h.poller.Apply(h.t.Context(), h.setup)
	synctest.Wait()
}

// pass lets time go by.
func (h *harness) pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// within passes time until so, and returns how long that took, to 100 ms. It
// fails the test after limit.
func (h *harness) within(limit time.Duration, what string, so func() bool) time.Duration {
	h.t.Helper()
	start := time.Now()
	for !so() {
		if time.Since(start) > limit {
			h.t.Errorf("%s: not within %v", what, limit)
			break
		}
		h.pass(100 * time.Millisecond)
	}
	return time.Since(start)
}
