package harness

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
)

// Get asks for /metrics with headers given as names and values in turn.
func (h *Harness) Get(headers ...string) *httptest.ResponseRecorder {
	synctest.Wait()
	return Get(h.Handler, headers...)
}

// Get asks a handler for /metrics. headers are names and values in turn.
func Get(handler http.Handler, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w
}

// Scrape is /metrics as text.
func (h *Harness) Scrape() string {
	h.T.Helper()
	w := h.Get()
	if w.Code != http.StatusOK {
		h.T.Fatalf("scrape: status %d: %s", w.Code, w.Body)
	}
	return w.Body.String()
}

// Jobs is the part of /metrics that is about batches.
func (h *Harness) Jobs() string { return JobFamilies(h.Scrape()) }

// Samples counts the lines of /metrics that hold all of these texts.
func (h *Harness) Samples(texts ...string) int {
	lines := LinesWhere(h.Scrape(), func(line string) bool {
		return !slices.ContainsFunc(texts, func(text string) bool { return !strings.Contains(line, text) })
	})
	return strings.Count(lines, "\n")
}

// Value is that of the one sample whose line holds a text.
func (h *Harness) Value(text string) float64 {
	h.T.Helper()
	lines := LinesWhere(h.Scrape(), func(line string) bool { return line[0] != '#' && strings.Contains(line, text) })
	v, err := strconv.ParseFloat(strings.TrimSpace(lines[strings.LastIndex(lines, " ")+1:]), 64)
	if n := strings.Count(lines, "\n"); n != 1 || err != nil {
		h.T.Fatalf("%d samples %s, want one: %v", n, text, err)
	}
	return v
}

// IDs are the batches that are watched, sorted.
func (h *Harness) IDs() []string {
	synctest.Wait()
	var ids []string
	for _, s := range h.Store.Snapshot() {
		ids = append(ids, s.JobID)
	}
	return ids
}

// WantIDs wants just these batches to be watched.
func (h *Harness) WantIDs(want ...string) {
	h.T.Helper()
	if diff := cmp.Diff(slices.Sorted(slices.Values(want)), h.IDs()); diff != "" {
		h.T.Errorf("watched batches (-want +got):\n%s", diff)
	}
}

// State is what is known of a batch, nil when it is not watched.
func (h *Harness) State(jobID string) *store.State {
	synctest.Wait()
	return h.StateNow(jobID)
}

// StateNow is state without waiting for what is done at once.
func (h *Harness) StateNow(jobID string) *store.State {
	for _, s := range h.Store.Snapshot() {
		if s.JobID == jobID {
			return s
		}
	}
	return nil
}

// WorstAge passes time, in so many steps, and returns how old the data of any batch
// was after one of them. of says which batches count; nil: all.
func (h *Harness) WorstAge(steps int, step time.Duration, of func(*store.State) bool) (worst time.Duration) {
	h.T.Helper()
	for range steps {
		h.Pass(step)
		looked := false
		for _, s := range h.Store.Snapshot() {
			if of == nil || of(s) {
				looked, worst = true, max(worst, time.Since(s.TrueAt()))
			}
		}
		if !looked {
			h.T.Fatal("there is no batch to look at")
		}
	}
	return worst
}

// Calls counts the calls of an operation so far, whatever came of them.
func (h *Harness) Calls(operation string) int {
	c := h.Sim.Calls("main", operation)
	n := c.Accepted + c.Throttled
	for _, other := range c.Other {
		n += other
	}
	return n
}

// CheckBudget wants no operation to have been called more often in any second than
// there are slots. The simulator must have recorded the calls.
func (h *Harness) CheckBudget() {
	h.T.Helper()
	for _, operation := range aliyun.Operations {
		arrivals := h.Sim.Arrivals("main", operation)
		window := gateway.WorstWindow(arrivals, time.Second)
		h.T.Logf("%s: %d calls, at most %d in a second", operation, len(arrivals), window)
		if throttled := h.Sim.Calls("main", operation).Throttled; window > h.Account().RequestsPerSecond || throttled > 0 {
			h.T.Errorf("%s: %d calls in a second, %d throttled", operation, window, throttled)
		}
	}
}

// CheckDiscoveredOnce wants one line of the log about the discovery of each.
func (h *Harness) CheckDiscoveredOnce(jobIDs ...string) {
	h.T.Helper()
	for _, id := range jobIDs {
		if n := strings.Count(h.Logs.String(), `msg="batch discovered" job_id=`+id+" "); n != 1 {
			h.T.Errorf("%s discovered %d times", id, n)
		}
	}
}
