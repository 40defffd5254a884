package exportertest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// API is an API in which every batch exists and is in progress. It counts the calls, and
// shares no code with the simulator, so that a mistake in the simulator shows. Any
// goroutine may use it.
type API struct {
	*httptest.Server
	mu    sync.Mutex // guards asked
	asked map[string]int
}

// NewAPI serves an API until the test ends.
func NewAPI(t *testing.T) *API {
	t.Helper()
	a := &API{asked: make(map[string]int)}
	a.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.mu.Lock()
		a.asked[r.FormValue("JobId")]++
		a.mu.Unlock()
		fmt.Fprintf(w, `{"RequestId":"R","Success":true,"Data":{"JobId":%q,"JobStatus":"IN_PROGRESS"}}`, r.FormValue("JobId"))
	}))
	t.Cleanup(a.Close)
	return a
}

// TimesAsked is how often a batch was asked for.
func (a *API) TimesAsked(job string) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.asked[job]
}

// Config is a configuration that watches these batches. Its interval is longer than any
// test, so a batch that is asked for twice was forgotten in between.
func (a *API) Config(jobs ...string) string {
	return fmt.Sprintf(`polling: {interval: 1h}
accounts:
  - name: production
    endpoint: %s
    credentials: {access_key_id: LTAItest, access_key_secret: do-not-show}
    instances: [{jobs: [%s]}]
`, a.URL, strings.Join(jobs, ", "))
}

// InProgress is a line of /metrics that a batch of an [API] has once it was polled.
func InProgress(job string) string {
	return fmt.Sprintf(`aliyun_iot_ota_job_status{account="production",job_id="%s",status="IN_PROGRESS"} 1`, job)
}
