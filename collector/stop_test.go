package collector_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector"
)

// deaf is a transport that does not look at the contexts of calls: each hangs until
// answer is closed, and then gets this body.
type deaf struct {
	answer chan struct{}
	body   string
	calls  sync.WaitGroup
}

func (d *deaf) RoundTrip(*http.Request) (*http.Response, error) {
	d.calls.Add(1)
	defer d.calls.Done()
	<-d.answer
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(d.body))}, nil
}

// hang makes every call hang, whatever becomes of its context.
func (h *harness) hang(body string) *deaf {
	d := &deaf{answer: make(chan struct{}), body: body}
	h.options.Transport = d
	h.registry.Unregister(h.poller)
	h.poller = collector.NewPoller(h.store, h.options)
	h.registry.MustRegister(h.poller)
	return d
}

// Calls that cannot be stopped hold up nothing, and what they bring later is dropped.
func TestStopBesideCallsThatHang(t *testing.T) {
	for name, c := range map[string]struct {
		stop  func(h *harness)
		limit time.Duration // that it takes at most
	}{
		"the account is taken out": {func(h *harness) {
			h.setup.Accounts = nil
			h.poller.Apply(h.t.Context(), h.setup)
		}, 0},
		"the account is renamed": {func(h *harness) {
			h.rename("other")
			h.poller.Apply(h.t.Context(), h.setup)
		}, 0},
		"the account is taken out and put back": {func(h *harness) {
			accounts := h.setup.Accounts
			h.setup.Accounts = nil
			h.poller.Apply(h.t.Context(), h.setup)
			h.setup.Accounts = accounts
			h.poller.Apply(h.t.Context(), h.setup)
		}, 0},
		"a reload that changes nothing": {func(h *harness) { h.poller.Apply(h.t.Context(), h.setup) }, 0},
		"everything is stopped":         {func(h *harness) { h.poller.Stop() }, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			simulated(t, func(t *testing.T, h *harness) {
				h.countDevices()
				h.configureRunning(30)
				h.discover([]string{productKey}, []string{"fw-1"})
				d := h.hang(`{"Success":true,"Data":{"JobId":"job-0000","JobStatus":"COMPLETED"}}`)
				page := collector.NewJobsPage(h.store, h.poller)
				h.apply()
				h.pass(5 * time.Second)

				start := time.Now()
				c.stop(h)
				if took := time.Since(start); took > c.limit {
					t.Errorf("it took %v", took)
				}
				w := httptest.NewRecorder()
				page.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/jobs", nil))
				before := h.scrape()
				if took := time.Since(start); took > c.limit || w.Code != http.StatusOK {
					t.Errorf("with /metrics and /jobs it took %v, status %d", took, w.Code)
				}

				// The account that is there from now on gets no answer any more.
				h.poller.Stop()
				close(d.answer)
				synctest.Wait()
				d.calls.Wait()
				h.pass(time.Minute)
				for _, state := range h.store.Snapshot() {
					if state.Job != nil || state.Err != nil {
						t.Fatalf("a late answer was taken up: %+v", state)
					}
				}
				if gone := lineOf(h.scrape(), `account="`); gone != "" && lineOf(before, `account="`) == "" {
					t.Errorf("an account that has gone is back: %s", gone)
				}
			})
		})
	}
}
