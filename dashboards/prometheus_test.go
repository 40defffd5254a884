package dashboards_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/repository"
)

// startPrometheus loads the rules, and scrapes the demo under two jobs, as if there were two
// exporters that watch the same accounts, one of them in a cluster, and the one that has no
// data. Alerts fire at once, so that there are some while the demo is young.
func startPrometheus(t *testing.T, binary, demo, empty string, args ...string) prometheus {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"recording.rules.yml", "alerts.rules.yml"} {
		text := regexp.MustCompile(`(?m)^ +for: .*\n`).ReplaceAllString(repository.Read(t, "deploy/prometheus/"+name), "")
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	config := fmt.Sprintf(`{"global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"}, "rule_files": [%[1]q], "scrape_configs": [
		{"job_name": "one", "static_configs": [{"targets": [%[2]q], "labels": {"cluster": "hangzhou"}}]},
		{"job_name": "another", "static_configs": [{"targets": [%[2]q]}]},
		{"job_name": "empty", "static_configs": [{"targets": [%[3]q]}]}]}`,
		filepath.Join(dir, "*.rules.yml"), demo, empty)
	if err := os.WriteFile(filepath.Join(dir, "prometheus.yml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	args = append(args, "--config.file="+filepath.Join(dir, "prometheus.yml"), "--storage.tsdb.path="+filepath.Join(dir, "data"))
	p := prometheus{"http://" + serve(t, binary, args...)}
	p.ready(t)
	return p
}

// serve runs a program on a free port until the test ends. It returns the address when
// the program's log says that it listens.
func serve(t testing.TB, binary string, args ...string) string {
	t.Helper()
	program := exec.CommandContext(t.Context(), binary, append(args, "--web.listen-address=127.0.0.1:0")...)
	program.Cancel = func() error { return program.Process.Signal(os.Interrupt) }
	program.WaitDelay = 10 * time.Second
	lines, logged := io.Pipe()
	program.Stderr = logged
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = program.Wait() // an error is expected of a program that is interrupted
		_ = logged.Close()
	}()
	t.Cleanup(func() { <-ended }) // the test's context has been cancelled by then
	listening := make(chan string, 1)
	var last string // line of the log; read only after listening is closed
	// The log is read to its end, or the program would block on a full pipe.
	go func() {
		defer close(listening)
		heard := false
		log := bufio.NewScanner(lines)
		for log.Scan() {
			last = log.Text()
			if found := regexp.MustCompile(`Listening on.* address=(\S+)`).FindStringSubmatch(last); found != nil && !heard {
				listening <- found[1]
				heard = true
			}
		}
		_, _ = io.Copy(io.Discard, lines) // after a line too long for Scan, so that the program is not blocked
	}()
	select {
	case address, is := <-listening:
		if !is {
			t.Fatalf("%s ended: %s", binary, last)
		}
		return address
	case <-time.After(30 * time.Second):
		t.Fatalf("%s does not say where it listens", binary)
		return ""
	}
}

// prometheus is a real one that runs beside the test.
type prometheus struct{ url string }

// series is a series by its labels. Values are not looked at.
type series map[string]string

// ready waits until Prometheus answers queries, which is some time after it listens.
func (p prometheus) ready(t testing.TB) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.After(30 * time.Second); ; {
		response, err := http.Get(p.url + "/-/ready")
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode == http.StatusOK {
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("Prometheus is not ready: %s", response.Status)
		}
	}
}

// query asks for the series that an expression gives now.
func (p prometheus) query(ctx context.Context, expr string) ([]series, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url+"/api/v1/query?"+url.Values{"query": {expr}}.Encode(), nil)
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	var answer struct {
		Error string
		Data  struct {
			Result []struct{ Metric series }
		}
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return nil, err
	}
	if answer.Error != "" {
		return nil, fmt.Errorf("%s in %s", answer.Error, expr)
	}
	var all []series
	for _, r := range answer.Data.Result {
		all = append(all, r.Metric)
	}
	return all, nil
}

// alert is one that Prometheus says to be active.
type alert struct {
	Labels series
	State  string
}

func (p prometheus) alerts(t *testing.T) []alert {
	t.Helper()
	response, err := http.Get(p.url + "/api/v1/alerts")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var answer struct{ Data struct{ Alerts []alert } }
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	return answer.Data.Alerts
}
