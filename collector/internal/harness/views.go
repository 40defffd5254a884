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

// Get requests /metrics. headers are names and values in turn.
func (h *Harness) Get(headers ...string) *httptest.ResponseRecorder {
	synctest.Wait()
	return Get(h.Handler, headers...)
}

// Get requests /metrics from a handler. headers are names and values in turn.
func Get(handler http.Handler, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w
}

// Scrape returns /metrics as text.
func (h *Harness) Scrape() string {
	h.T.Helper()
	w := h.Get()
	if w.Code != http.StatusOK {
		h.T.Fatalf("scrape: status %d: %s", w.Code, w.Body)
	}
	return w.Body.String()
}

// Jobs returns the metrics of batches in /metrics.
func (h *Harness) Jobs() string { return JobFamilies(h.Scrape()) }

// Samples returns the number of lines of /metrics that contain all of these texts.
func (h *Harness) Samples(texts ...string) int {
	lines := LinesWhere(h.Scrape(), func(line string) bool {
		return !slices.ContainsFunc(texts, func(text string) bool { return !strings.Contains(line, text) })
	})
	return strings.Count(lines, "\n")
}

// Value returns the value of the sample whose line contains a text. There must be only one.
func (h *Harness) Value(text string) float64 {
	h.T.Helper()
	lines := LinesWhere(h.Scrape(), func(line string) bool { return line[0] != '#' && strings.Contains(line, text) })
	v, err := strconv.ParseFloat(strings.TrimSpace(lines[strings.LastIndex(lines, " ")+1:]), 64)
	if n := strings.Count(lines, "\n"); n != 1 || err != nil {
		h.T.Fatalf("%d samples %s, want one: %v", n, text, err)
	}
	return v
}

// IDs returns the watched batches, sorted.
func (h *Harness) IDs() []string {
	synctest.Wait()
	var ids []string
	for _, s := range h.Store.Snapshot() {
		ids = append(ids, s.JobID)
	}
	return ids
}

// WantIDs checks that exactly these batches are watched.
func (h *Harness) WantIDs(want ...string) {
	h.T.Helper()
	if diff := cmp.Diff(slices.Sorted(slices.Values(want)), h.IDs()); diff != "" {
		h.T.Errorf("watched batches (-want +got):\n%s", diff)
	}
}

// State returns the state of a batch, nil if it is not watched.
func (h *Harness) State(jobID string) *store.State {
	synctest.Wait()
	return h.StateNow(jobID)
}

// StateNow is State without waiting for other goroutines.
func (h *Harness) StateNow(jobID string) *store.State {
	for _, s := range h.Store.Snapshot() {
		if s.JobID == jobID {
			return s
		}
	}
	return nil
}

// WorstAge advances the clock in steps and returns the oldest age that the data of a batch
// had after a step. of selects the batches that count; nil selects all.
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

// Calls returns the number of calls of an operation so far, including those that failed.
func (h *Harness) Calls(operation string) int {
	c := h.Sim.Calls("main", operation)
	n := c.Accepted + c.Throttled
	for _, other := range c.Other {
		n += other
	}
	return n
}

// CheckBudget checks that in no second an operation was called more often than there are
// slots. The simulator must have recorded the calls.
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

// CheckDiscoveredOnce checks that the log has one line about the discovery of each batch.
func (h *Harness) CheckDiscoveredOnce(jobIDs ...string) {
	h.T.Helper()
	for _, id := range jobIDs {
		if n := strings.Count(h.Logs.String(), `msg="batch discovered" job_id=`+id+" "); n != 1 {
			h.T.Errorf("%s discovered %d times", id, n)
		}
	}
}
