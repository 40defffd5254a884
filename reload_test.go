package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// fakeAPI knows every batch that it is asked for, and counts. It stands beside
// the simulator so that the two cannot share a mistake.
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

// config watches the jobs, and asks for each only once in a test.
func (f *fakeAPI) config(jobs ...string) string {
	return fmt.Sprintf(`polling: {interval: 1h}
accounts:
  - name: production
    endpoint: %s
    credentials: {access_key_id: LTAItest, access_key_secret: do-not-show}
    instances: [{jobs: [%s]}]
`, f.URL, strings.Join(jobs, ", "))
}

func rewrite(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// inProgress is the sample that a job of the fake has once it was polled.
func inProgress(job string) string {
	return fmt.Sprintf(`aliyun_iot_ota_job_status{account="production",job_id="%s",status="IN_PROGRESS"} 1`, job)
}

// awaitMetric waits until the line is in /metrics.
func (e *exporter) awaitMetric(line string) {
	e.t.Helper()
	eventually(e.t, func() string {
		if strings.Contains(e.metrics(), line) {
			return ""
		}
		return line
	})
}

func TestReload(t *testing.T) {
	t.Parallel()
	const good = "aliyun_iot_ota_exporter_config_last_reload_successful "
	api := newFakeAPI(t)
	name := file(t, "config.yml", api.config("stays", "goes"))
	e := start(t, "--config.file="+name)
	e.awaitMetric(inProgress("stays"))
	e.awaitMetric(inProgress("goes"))

	t.Run("a bad file changes nothing and is told", func(t *testing.T) {
		rewrite(t, name, strings.Replace(api.config("other"), "interval: 1h", "interval: 1", 1))
		status, body := e.ask(http.MethodPost, "/-/reload")
		if status != 500 || !strings.Contains(body, "line 1: polling.interval: ") {
			t.Errorf("%d %q, want 500 and the reason", status, body)
		}
		text := e.metrics()
		for _, want := range []string{inProgress("stays"), inProgress("goes"), good + "0"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s is missing in\n%s", want, text)
			}
		}
		if !strings.Contains(e.log.String(), "configuration not reloaded") {
			t.Errorf("nothing of it in the log:\n%s", e.log)
		}
	})

	t.Run("a good file is taken up without a gap", func(t *testing.T) {
		rewrite(t, name, api.config("stays", "comes"))
		reloaded := make(chan string, 1)
		go func() {
			response, err := plainClient.Post(e.urls[0]+"/-/reload", "", nil)
			if err != nil {
				reloaded <- err.Error()
				return
			}
			response.Body.Close()
			reloaded <- response.Status
		}()
		for status := ""; status == ""; {
			if text := e.metrics(); !strings.Contains(text, inProgress("stays")) {
				t.Fatalf("%s is missing in a scrape while it reloads:\n%s", inProgress("stays"), text)
			}
			select {
			case status = <-reloaded:
				if status != "200 OK" {
					t.Errorf("%s, want 200", status)
				}
			default:
			}
		}
		text := e.metrics()
		if !strings.Contains(text, good+"1") {
			t.Errorf("%s1 is missing in\n%s", good, text)
		}
		if strings.Contains(text, `job_id="goes"`) {
			t.Errorf("the removed job is still in\n%s", text)
		}
		e.awaitMetric(inProgress("comes"))
		if n := api.timesAsked("stays"); n != 1 {
			t.Errorf("the job that stays was asked for %d times, want once: its data is kept", n)
		}
	})
	if strings.Contains(e.log.String(), "do-not-show") {
		t.Errorf("the secret is in the log:\n%s", e.log)
	}
}

// Not parallel: the signal reaches every exporter of the process.
func TestReloadBySignal(t *testing.T) {
	api := newFakeAPI(t)
	name := file(t, "config.yml", api.config("first"))
	e := start(t, "--config.file="+name)
	rewrite(t, name, api.config("second"))
	if err := syscall.Kill(os.Getpid(), syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	e.awaitMetric(inProgress("second"))
	if text := e.metrics(); strings.Contains(text, `job_id="first"`) {
		t.Errorf("the removed job is still in\n%s", text)
	}
}

// TestMain sees to it that a stop leaves no goroutine.
func TestRestart(t *testing.T) {
	t.Parallel()
	api := newFakeAPI(t)
	args := []string{"--config.file=" + file(t, "config.yml", api.config("job1")), "--persistence.file=" + file(t, "state", "")}
	e := start(t, args...)
	e.awaitMetric(inProgress("job1"))
	if err := e.stop(); err != nil {
		t.Errorf("stopped with %v, want no error", err)
	}
	if response, err := plainClient.Get(e.urls[0] + "/-/healthy"); err == nil {
		response.Body.Close()
		t.Error("it still answers")
	}

	api.Close()
	e = start(t, args...)
	if text := e.metrics(); !strings.Contains(text, inProgress("job1")) {
		t.Errorf("%s is missing in the first scrape after the restart:\n%s", inProgress("job1"), text)
	}
}
