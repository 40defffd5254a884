package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// fakeAPI knows every batch that it is asked for, and counts how often. It shares no
// code with the simulator, so that a mistake in that one shows here.
type fakeAPI struct {
	*httptest.Server
	mu    sync.Mutex // guards asked
	asked map[string]int
}

func newFakeAPI(t *testing.T) *fakeAPI {
	f := &fakeAPI{asked: make(map[string]int)}
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		f.asked[r.FormValue("JobId")]++
		f.mu.Unlock()
		fmt.Fprintf(w, `{"RequestId":"R","Success":true,"Data":{"JobId":%q,"JobStatus":"IN_PROGRESS"}}`, r.FormValue("JobId"))
	}))
	t.Cleanup(f.Close)
	return f
}

func (f *fakeAPI) timesAsked(job string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.asked[job]
}

// config watches the jobs at an interval that no test lasts for: a job that is asked
// for twice was forgotten in between.
func (f *fakeAPI) config(jobs ...string) string {
	return fmt.Sprintf(`polling: {interval: 1h}
accounts:
  - name: production
    endpoint: %s
    credentials: {access_key_id: LTAItest, access_key_secret: do-not-show}
    instances: [{jobs: [%s]}]
`, f.URL, strings.Join(jobs, ", "))
}

// inProgress is a sample that a job of the fakeAPI has once it was polled.
func inProgress(job string) string {
	return fmt.Sprintf(`aliyun_iot_ota_job_status{account="production",job_id="%s",status="IN_PROGRESS"} 1`, job)
}
