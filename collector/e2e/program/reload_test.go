package program_test

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

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/exportertest"
)

// A reload applies a valid file without a gap in the data. A bad file changes nothing.
func TestReload(t *testing.T) {
	t.Parallel()
	const successful = "aliyun_iot_ota_exporter_config_last_reload_successful "
	api := exportertest.NewAPI(t)
	name := exportertest.TempFile(t, "config.yml", api.Config("stays", "goes"))
	e := exportertest.Start(t, "--config.file="+name)
	e.AwaitMetric(exportertest.InProgress("stays"))
	e.AwaitMetric(exportertest.InProgress("goes"))

	t.Run("a bad file is reported and changes nothing", func(t *testing.T) {
		exportertest.WriteFile(t, name, strings.Replace(api.Config("other"), "interval: 1h", "interval: 1", 1))
		status, body := e.Ask(http.MethodPost, "/-/reload")
		if status != 500 || !strings.Contains(body, "line 1: polling.interval: ") {
			t.Errorf("status %d, body %q, want 500 and the reason", status, body)
		}
		exportertest.WantIn(t, e.Metrics(), exportertest.InProgress("stays"), exportertest.InProgress("goes"), successful+"0")
		exportertest.WantIn(t, e.Log.String(), "configuration not reloaded")
	})

	t.Run("a valid file is applied without a gap", func(t *testing.T) {
		exportertest.WriteFile(t, name, api.Config("stays", "comes"))
		reloaded := make(chan int, 1)
		go func() {
			status, _, _ := e.Try(http.MethodPost, "/-/reload") // the status is 0 if there is an error
			reloaded <- status
		}()
		for reloading := true; reloading; { // scrape as often as possible during the reload
			if text := e.Metrics(); !strings.Contains(text, exportertest.InProgress("stays")) {
				t.Fatalf("a scrape during the reload has no %s:\n%s", exportertest.InProgress("stays"), text)
			}
			select {
			case status := <-reloaded:
				reloading = false
				if status != http.StatusOK {
					t.Errorf("status %d, want 200", status)
				}
			default:
			}
		}
		text := e.Metrics()
		exportertest.WantIn(t, text, successful+"1")
		if strings.Contains(text, `job_id="goes"`) {
			t.Errorf("the batch that was removed is still in\n%s", text)
		}
		e.AwaitMetric(exportertest.InProgress("comes"))
		if n := api.TimesAsked("stays"); n != 1 {
			t.Errorf("the batch that stays was polled %d times, want once, because its data is kept", n)
		}
	})
	if strings.Contains(e.Log.String(), "do-not-show") {
		t.Errorf("the log has the secret:\n%s", e.Log)
	}
}

// A reload that does not change the credentials of an account keeps its keys. The
// exporter does not fetch them again.
func TestReloadKeepsKeys(t *testing.T) {
	t.Parallel()
	began := time.Now()
	var asked atomic.Int32
	source := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		fmt.Fprintf(w, `{"Code":"Success","AccessKeyId":"STS.test","AccessKeySecret":"do-not-show","SecurityToken":"token","Expiration":%q}`,
			time.Now().Add(time.Hour).UTC().Format("2006-01-02T15:04:05Z"))
	}))
	t.Cleanup(source.Close) // cleaned up after the exporter has stopped
	api := exportertest.NewAPI(t)
	config := func(job string) string {
		return strings.Replace(api.Config(job), "access_key_id: LTAItest, access_key_secret: do-not-show", fmt.Sprintf("credentials_uri: %q", source.URL), 1)
	}
	name := exportertest.TempFile(t, "config.yml", config("first"))
	e := exportertest.Start(t, "--config.file="+name)
	for _, job := range []string{"second", "third", "fourth", "fifth"} {
		exportertest.WriteFile(t, name, config(job))
		if status, body := e.Ask(http.MethodPost, "/-/reload"); status != http.StatusOK {
			t.Fatalf("status %d, body %s, want 200", status, body)
		}
		e.AwaitMetric(exportertest.InProgress(job))
	}
	// The keys are fetched again after ten seconds in any case.
	if n, most := int(asked.Load()), 1+int(time.Since(began)/(10*time.Second)); n > most {
		t.Errorf("the keys were fetched %d times, want at most %d", n, most)
	}
}

// SIGHUP reloads the configuration. This test is not parallel, because the signal reaches
// every exporter in the process.
func TestReloadBySignal(t *testing.T) {
	api := exportertest.NewAPI(t)
	name := exportertest.TempFile(t, "config.yml", api.Config("first"))
	e := exportertest.Start(t, "--config.file="+name)
	exportertest.WriteFile(t, name, api.Config("second"))
	if err := syscall.Kill(os.Getpid(), syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	e.AwaitMetric(exportertest.InProgress("second"))
	if text := e.Metrics(); strings.Contains(text, `job_id="first"`) {
		t.Errorf("the batch that was removed is still in\n%s", text)
	}
}

// After a restart the exporter shows the data of the state file, even if the API does not
// answer. TestMain checks that a stop leaves no goroutine behind.
func TestRestart(t *testing.T) {
	t.Parallel()
	api := exportertest.NewAPI(t)
	args := []string{"--config.file=" + exportertest.TempFile(t, "config.yml", api.Config("job1")), "--persistence.file=" + exportertest.TempFile(t, "state", "")}
	e := exportertest.Start(t, args...)
	e.AwaitMetric(exportertest.InProgress("job1"))
	if err := e.Stop(); err != nil {
		t.Errorf("stop: %v", err)
	}
	if status, _, err := e.Try(http.MethodGet, "/-/healthy"); err == nil {
		t.Errorf("it still answers after the stop, with status %d", status)
	}

	api.Close() // the data can only come from the state file now
	e = exportertest.Start(t, args...)
	exportertest.WantIn(t, e.Metrics(), exportertest.InProgress("job1")) // already in the first scrape
}
