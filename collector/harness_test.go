package collector_test

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-kit/log"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector"
)

// jobID is the batch of tests that need only one.
const jobID = "wahVIzGkCMuAUE2gDERM020001"

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
	logs     bytes.Buffer    // read it after pass or scrape only
	setup    collector.Setup // change it, then apply
	options  collector.PollerOptions

	transport   *http.Transport
	dial        func(ctx context.Context, network, address string) (net.Conn, error)
	unreachable atomic.Pointer[error] // what dialling fails with, if not nil
}

// newHarness gives one with the account "production", ten slots, nothing to
// watch. It ends with the test.
func newHarness(t *testing.T) *harness {
	t.Helper()
	h := &harness{
		t:        t,
		sim:      simulator.New(),
		store:    collector.NewStore(),
		registry: prometheus.NewRegistry(),
		setup: collector.Setup{
			Rules: collector.Rules{
				Interval: 15 * time.Second, SettledInterval: 24 * time.Hour, ExpectedDuration: 24 * time.Hour,
				DeviceInterval: time.Minute, DiscoveryInterval: time.Minute, MaxAge: 720 * time.Hour,
			},
			Accounts: []collector.Account{{
				Name:              "production",
				RequestsPerSecond: 10,
				Credentials:       aliyun.CredentialsConfig{AccessKeyID: "id", AccessKeySecret: "secret"},
			}},
		},
	}
	h.sim.AddAccount(simulator.Account{Name: "main", Keys: []simulator.Key{{ID: "id", Secret: "secret"}}})
	var stop func()
	h.dial, stop = simulator.Pipe(h.sim)
	h.transport = &http.Transport{
		MaxIdleConnsPerHost: 10,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			if err := h.unreachable.Load(); err != nil && *err != nil {
				return nil, *err
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

// add puts a batch into the simulator, as jobID if it has no other id, and
// watches it.
func (h *harness) add(b simulator.Batch) {
	b.Account = "main"
	if b.JobID == "" {
		b.JobID = jobID
	}
	h.sim.AddBatch(b)
	h.watch(b.InstanceID, b.JobID)
}

// watch adds a batch to those that are polled; the instance "" is the public one.
func (h *harness) watch(instanceID, jobID string) {
	a := &h.setup.Accounts[0]
	a.Targets = append(a.Targets, collector.Target{
		Account:  a.Name,
		Region:   "cn-shanghai",
		Instance: aliyun.Instance{URL: "http://iot.cn-shanghai.aliyuncs.com", ID: instanceID},
		JobID:    jobID,
		Origin:   collector.Configured,
	})
	h.apply()
}

// apply puts h.setup into force and waits for what can be done at once.
func (h *harness) apply() {
	h.poller.Apply(h.t.Context(), h.setup)
	synctest.Wait()
}

// pass lets time go by.
func (h *harness) pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// get asks for /metrics with headers given as names and values in turn.
func (h *harness) get(headers ...string) *httptest.ResponseRecorder {
	synctest.Wait()
	return get(h.handler, headers...)
}

func get(handler http.Handler, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w
}

// scrape is /metrics as text.
func (h *harness) scrape() string {
	h.t.Helper()
	w := h.get()
	if w.Code != http.StatusOK {
		h.t.Fatalf("scrape: status %d: %s", w.Code, w.Body)
	}
	return w.Body.String()
}

// jobs is what /metrics says of the batches.
func (h *harness) jobs() string { return jobFamilies(h.scrape()) }

// jobFamilies is the part of a text exposition that is about batches.
func jobFamilies(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		name := strings.TrimPrefix(strings.TrimPrefix(line, "# HELP "), "# TYPE ")
		if strings.HasPrefix(name, "aliyun_iot_ota_job_") {
			b.WriteString(line)
		}
	}
	return b.String()
}
