package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// A reload takes up a good file without a gap in the data, and leaves everything as it
// was where the file is bad.
func TestReload(t *testing.T) {
	t.Parallel()
	const successful = "aliyun_iot_ota_exporter_config_last_reload_successful "
	api := newFakeAPI(t)
	name := file(t, "config.yml", api.config("stays", "goes"))
	e := start(t, "--config.file="+name)
	e.awaitMetric(inProgress("stays"))
	e.awaitMetric(inProgress("goes"))

	t.Run("a bad file changes nothing and is told", func(t *testing.T) {
		write(t, name, strings.Replace(api.config("other"), "interval: 1h", "interval: 1", 1))
		status, body := e.ask(http.MethodPost, "/-/reload")
		if status != 500 || !strings.Contains(body, "line 1: polling.interval: ") {
			t.Errorf("%d %q, want 500 and the reason", status, body)
		}
		wantIn(t, e.metrics(), inProgress("stays"), inProgress("goes"), successful+"0")
		wantIn(t, e.log.String(), "configuration not reloaded")
	})

	t.Run("a good file is taken up without a gap", func(t *testing.T) {
		write(t, name, api.config("stays", "comes"))
		reloaded := make(chan int, 1)
		go func() {
			status, _, _ := e.try(http.MethodPost, "/-/reload") // status 0 with an error
			reloaded <- status
		}()
		for reloading := true; reloading; { // scrape as often as possible meanwhile
			if text := e.metrics(); !strings.Contains(text, inProgress("stays")) {
				t.Fatalf("%s is missing in a scrape while it reloads:\n%s", inProgress("stays"), text)
			}
			select {
			case status := <-reloaded:
				reloading = false
				if status != http.StatusOK {
					t.Errorf("%d, want 200", status)
				}
			default:
			}
		}
		text := e.metrics()
		wantIn(t, text, successful+"1")
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

// An account whose credentials stay keeps its keys: its source is not asked again.
func TestReloadKeepsKeys(t *testing.T) {
	t.Parallel()
	began := time.Now()
	var asked atomic.Int32
	source := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		fmt.Fprintf(w, `{"Code":"Success","AccessKeyId":"STS.test","AccessKeySecret":"do-not-show","SecurityToken":"token","Expiration":%q}`,
			time.Now().Add(time.Hour).UTC().Format("2006-01-02T15:04:05Z"))
	}))
	t.Cleanup(source.Close) // after the exporter has stopped
	api := newFakeAPI(t)
	config := func(job string) string {
		return strings.Replace(api.config(job), "access_key_id: LTAItest, access_key_secret: do-not-show", fmt.Sprintf("credentials_uri: %q", source.URL), 1)
	}
	name := file(t, "config.yml", config("first"))
	e := start(t, "--config.file="+name)
	for _, job := range []string{"second", "third", "fourth", "fifth"} {
		write(t, name, config(job))
		if status, body := e.ask(http.MethodPost, "/-/reload"); status != http.StatusOK {
			t.Fatalf("%d %s, want 200", status, body)
		}
		e.awaitMetric(inProgress(job))
	}
	// Whatever happens, the source is asked again after ten seconds.
	if n, most := int(asked.Load()), 1+int(time.Since(began)/(10*time.Second)); n > most {
		t.Errorf("the source was asked %d times, want %d", n, most)
	}
}

// SIGHUP is a reload, too. This test is not parallel, because the signal reaches every
// exporter in the process.
func TestReloadBySignal(t *testing.T) {
	api := newFakeAPI(t)
	name := file(t, "config.yml", api.config("first"))
	e := start(t, "--config.file="+name)
	write(t, name, api.config("second"))
	if err := syscall.Kill(os.Getpid(), syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	e.awaitMetric(inProgress("second"))
	if text := e.metrics(); strings.Contains(text, `job_id="first"`) {
		t.Errorf("the removed job is still in\n%s", text)
	}
}

// The state file bridges a restart, even while the API does not answer. That a stop
// leaves no goroutine behind is seen by TestMain.
func TestRestart(t *testing.T) {
	t.Parallel()
	api := newFakeAPI(t)
	args := []string{"--config.file=" + file(t, "config.yml", api.config("job1")), "--persistence.file=" + file(t, "state", "")}
	e := start(t, args...)
	e.awaitMetric(inProgress("job1"))
	if err := e.stop(); err != nil {
		t.Errorf("stopped with %v, want no error", err)
	}
	if status, _, err := e.try(http.MethodGet, "/-/healthy"); err == nil {
		t.Errorf("it still answers, with %d", status)
	}

	api.Close() // so that what is shown can only come from the state file
	e = start(t, args...)
	wantIn(t, e.metrics(), inProgress("job1")) // in the first scrape
}
