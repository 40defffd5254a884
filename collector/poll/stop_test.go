package poll_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/poll"
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
func hang(h *harness.Harness, body string) *deaf {
	d := &deaf{answer: make(chan struct{}), body: body}
	h.Options.Transport = d
	h.Registry.Unregister(h.Poller)
	h.Poller = poll.New(h.Store, h.Options)
	h.Registry.MustRegister(h.Poller)
	return d
}

// Calls that cannot be cancelled delay nothing, and their late answers are dropped.
func TestStopBesideCallsThatHang(t *testing.T) {
	for name, c := range map[string]struct {
		stop  func(h *harness.Harness)
		limit time.Duration // that it takes at most
	}{
		"the account is taken out": {func(h *harness.Harness) {
			h.Setup.Accounts = nil
			h.Poller.Apply(h.T.Context(), h.Setup)
		}, 0},
		"the account is renamed": {func(h *harness.Harness) {
			h.Rename("other")
			h.Poller.Apply(h.T.Context(), h.Setup)
		}, 0},
		"the account is taken out and put back": {func(h *harness.Harness) {
			accounts := h.Setup.Accounts
			h.Setup.Accounts = nil
			h.Poller.Apply(h.T.Context(), h.Setup)
			h.Setup.Accounts = accounts
			h.Poller.Apply(h.T.Context(), h.Setup)
		}, 0},
		"a reload that changes nothing": {func(h *harness.Harness) { h.Poller.Apply(h.T.Context(), h.Setup) }, 0},
		"everything is stopped":         {func(h *harness.Harness) { h.Poller.Stop() }, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
				h.CountDevices()
				h.ConfigureRunning(30)
				h.Discover([]string{harness.ProductKey}, []string{"fw-1"})
				d := hang(h, `{"Success":true,"Data":{"JobId":"job-0000","JobStatus":"COMPLETED"}}`)
				page := h.Site().Jobs()
				h.Apply()
				h.Pass(5 * time.Second)

				start := time.Now()
				c.stop(h)
				if elapsed := time.Since(start); elapsed > c.limit {
					t.Errorf("stopped after %v", elapsed)
				}
				w := httptest.NewRecorder()
				page.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/jobs", nil))
				before := h.Scrape()
				if elapsed := time.Since(start); elapsed > c.limit || w.Code != http.StatusOK {
					t.Errorf("with /metrics and /jobs it was %v, status %d", elapsed, w.Code)
				}

				// The account that is there from now on gets no answer any more.
				h.Poller.Stop()
				close(d.answer)
				synctest.Wait()
				d.calls.Wait()
				h.Pass(time.Minute)
				for _, state := range h.Store.Snapshot() {
					if state.Job != nil || state.Err != nil {
						t.Fatalf("a late answer was taken up: %+v", state)
					}
				}
				if gone := harness.LineOf(h.Scrape(), `account="`); gone != "" && harness.LineOf(before, `account="`) == "" {
					t.Errorf("an account that has gone is back: %s", gone)
				}
			})
		})
	}
}
