package collector_test

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
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector"
)

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

// jobs is the part of /metrics that is about batches.
func (h *harness) jobs() string { return jobFamilies(h.scrape()) }

// samples counts the lines of /metrics that hold all of these texts.
func (h *harness) samples(texts ...string) int {
	lines := linesWhere(h.scrape(), func(line string) bool {
		return !slices.ContainsFunc(texts, func(text string) bool { return !strings.Contains(line, text) })
	})
	return strings.Count(lines, "\n")
}

// value is that of the one sample whose line holds a text.
func (h *harness) value(text string) float64 {
	h.t.Helper()
	lines := linesWhere(h.scrape(), func(line string) bool { return line[0] != '#' && strings.Contains(line, text) })
	v, err := strconv.ParseFloat(strings.TrimSpace(lines[strings.LastIndex(lines, " ")+1:]), 64)
	if n := strings.Count(lines, "\n"); n != 1 || err != nil {
		h.t.Fatalf("%d samples %s, want one: %v", n, text, err)
	}
	return v
}

// ids are the batches that are watched, sorted.
func (h *harness) ids() []string {
	synctest.Wait()
	var ids []string
	for _, s := range h.store.Snapshot() {
		ids = append(ids, s.JobID)
	}
	return ids
}

// wantIDs wants just these batches to be watched.
func (h *harness) wantIDs(want ...string) {
	h.t.Helper()
	if diff := cmp.Diff(slices.Sorted(slices.Values(want)), h.ids()); diff != "" {
		h.t.Errorf("watched batches (-want +got):\n%s", diff)
	}
}

// state is what is known of a batch, nil when it is not watched.
func (h *harness) state(jobID string) *collector.State {
	synctest.Wait()
	return h.stateNow(jobID)
}

// stateNow is state without waiting for what is done at once.
func (h *harness) stateNow(jobID string) *collector.State {
	for _, s := range h.store.Snapshot() {
		if s.JobID == jobID {
			return s
		}
	}
	return nil
}

// worstAge passes time, in so many steps, and returns how old the data of any batch
// was after one of them. of says which batches count; nil: all.
func (h *harness) worstAge(steps int, step time.Duration, of func(*collector.State) bool) (worst time.Duration) {
	h.t.Helper()
	for range steps {
		h.pass(step)
		looked := false
		for _, s := range h.store.Snapshot() {
			if of == nil || of(s) {
				looked, worst = true, max(worst, time.Since(s.TrueAt()))
			}
		}
		if !looked {
			h.t.Fatal("there is no batch to look at")
		}
	}
	return worst
}

// calls counts the calls of an operation so far, whatever came of them.
func (h *harness) calls(operation string) int {
	c := h.sim.Calls("main", operation)
	n := c.Accepted + c.Throttled
	for _, other := range c.Other {
		n += other
	}
	return n
}

// checkBudget wants no operation to have been called more often in any second than
// there are slots. The simulator must have recorded the calls.
func (h *harness) checkBudget() {
	h.t.Helper()
	for _, operation := range aliyun.Operations {
		arrivals := h.sim.Arrivals("main", operation)
		window := simulator.WorstWindow(arrivals, time.Second)
		h.t.Logf("%s: %d calls, at most %d in a second", operation, len(arrivals), window)
		if throttled := h.sim.Calls("main", operation).Throttled; window > h.account().RequestsPerSecond || throttled > 0 {
			h.t.Errorf("%s: %d calls in a second, %d throttled", operation, window, throttled)
		}
	}
}

// checkDiscoveredOnce wants one line of the log about the discovery of each.
func (h *harness) checkDiscoveredOnce(jobIDs ...string) {
	h.t.Helper()
	for _, id := range jobIDs {
		if n := strings.Count(h.logs.String(), `msg="batch discovered" job_id=`+id+" "); n != 1 {
			h.t.Errorf("%s discovered %d times", id, n)
		}
	}
}
