package load_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-kit/log"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/exportertest"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/statefile"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
)

// newFleet returns the arguments of a program that watches n batches of a simulator, and
// knows them from its state file.
func newFleet(t *testing.T, n int, status string) (args []string) {
	t.Helper()
	dir := t.TempDir()
	sim := simulator.New()
	sim.AddAccount(gateway.Account{Name: "main", Keys: []gateway.Key{harness.OwnKey}})
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)

	file := filepath.Join(dir, "config.yml")
	var config strings.Builder
	fmt.Fprintf(&config, "accounts:\n- name: production\n  endpoint: %s\n  requests_per_second: %d\n", server.URL, perSecond)
	fmt.Fprintf(&config, "  credentials: {access_key_id: %s, access_key_secret: %s}\n  instances:\n  - jobs:\n", harness.OwnKey.ID, harness.OwnKey.Secret)
	filled := harness.FilledStore(t, n)
	for i := range n {
		fmt.Fprintf(&config, "    - %s\n", harness.FillJobID(i))
		sim.AddBatch(fleet.Batch{Account: "main", JobID: harness.FillJobID(i), FirmwareID: "fw-1", Status: status})
		harness.ChangeState(t, filled, harness.FillJobID(i), func(s *store.State) {
			s.Job.JobStatus = &status // no other goroutine uses the job yet
		})
	}
	if err := os.WriteFile(file, []byte(config.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	state := statefile.New(filepath.Join(dir, "state"), time.Hour, filled, prometheus.NewRegistry(), log.NewNopLogger())
	if err := state.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	state.Keep()() // the end writes the file
	state.Close()
	return []string{"--config.file=" + file, "--persistence.file=" + filepath.Join(dir, "state")}
}

// program is a process of the exporter whose performance is measured.
type program struct {
	*exportertest.Process
	client      *http.Client
	firstScrape time.Duration // from its start to the end of the first scrape
}

// startProgram starts the program and scrapes it once. The scrape must show n batches.
func startProgram(t *testing.T, binary string, args []string, n int) *program {
	t.Helper()
	began := time.Now()
	p := &program{Process: exportertest.StartProcess(t, exec.CommandContext(t.Context(), binary, args...)), client: &http.Client{Transport: &http.Transport{}}}
	p.AwaitListening()
	text := p.get()
	p.firstScrape = time.Since(began)
	if known := strings.Count(text, "aliyun_iot_ota_job_info{"); known != n {
		t.Fatalf("the first scrape shows %d batches, want %d", known, n)
	}
	return p
}

// get scrapes with gzip, as Prometheus does.
func (p *program) get() string {
	p.T.Helper()
	response, err := p.client.Get(p.URLs[0] + "/metrics")
	if err != nil {
		p.T.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || !response.Uncompressed {
		p.T.Fatalf("compressed %v, error %v", response.Uncompressed, err)
	}
	return string(text)
}

// scrape returns how long a scrape takes, until its last byte.
func (p *program) scrape() time.Duration {
	p.T.Helper()
	began := time.Now()
	p.get()
	return time.Since(began)
}

// cpu returns the CPU time that the program has used on all cores, in seconds.
func (p *program) cpu() float64 {
	p.T.Helper()
	found := regexp.MustCompile(`(?m)^process_cpu_seconds_total (\S+)$`).FindStringSubmatch(p.get())
	seconds, err := strconv.ParseFloat(found[1], 64)
	if err != nil {
		p.T.Fatal(err)
	}
	return seconds
}

// stop ends the program and returns its peak memory in MB.
func (p *program) stop() (peak float64) {
	peak = harness.PeakMemory(strconv.Itoa(p.Cmd.Process.Pid))
	p.client.CloseIdleConnections()
	p.Kill()
	return peak
}
