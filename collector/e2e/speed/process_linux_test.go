package speed_test

import (
	"bufio"
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
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/statefile"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
)

// newFleet gives the arguments of a program that knows n batches from its state
// file, and asks a simulator for them.
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
			s.Job.JobStatus = &status // nobody else has seen it yet
		})
	}
	if err := os.WriteFile(file, []byte(config.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	state := statefile.New(filepath.Join(dir, "state"), time.Hour, filled, prometheus.NewRegistry(), log.NewNopLogger())
	if err := state.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	state.Keep()() // which writes it at the end
	state.Close()
	return []string{"--config.file=" + file, "--persistence.file=" + filepath.Join(dir, "state"), "--web.listen-address=127.0.0.1:0"}
}

// program is the exporter in a process of its own.
type program struct {
	t           *testing.T
	cmd         *exec.Cmd
	client      *http.Client
	url         string
	firstScrape time.Duration // from its start to the end of the first scrape
}

// startProgram returns when it was scraped, and showed each of n batches.
func startProgram(t *testing.T, binary string, args []string, n int) *program {
	t.Helper()
	p := &program{t: t, cmd: exec.CommandContext(t.Context(), binary, args...), client: &http.Client{Transport: &http.Transport{}}}
	stderr, err := p.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	address := regexp.MustCompile(`Listening on.* address=(\S+)`)
	lines := bufio.NewScanner(stderr)
	for p.url == "" && lines.Scan() {
		if found := address.FindStringSubmatch(lines.Text()); found != nil {
			p.url = "http://" + found[1] + "/metrics"
		}
	}
	go io.Copy(io.Discard, stderr)
	if p.url == "" {
		t.Fatal("it does not listen")
	}
	text := p.get()
	p.firstScrape = time.Since(began)
	if known := strings.Count(text, "aliyun_iot_ota_job_info{"); known != n {
		t.Fatalf("%d batches at the first scrape, want %d", known, n)
	}
	return p
}

// get scrapes as Prometheus does, with gzip.
func (p *program) get() string {
	p.t.Helper()
	response, err := p.client.Get(p.url)
	if err != nil {
		p.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || !response.Uncompressed {
		p.t.Fatalf("compressed %v, error %v", response.Uncompressed, err)
	}
	return string(text)
}

// scrape is how long one takes, until its last byte.
func (p *program) scrape() time.Duration {
	p.t.Helper()
	began := time.Now()
	p.get()
	return time.Since(began)
}

// cpu is what it has used of all cores, in seconds.
func (p *program) cpu() float64 {
	p.t.Helper()
	found := regexp.MustCompile(`(?m)^process_cpu_seconds_total (\S+)$`).FindStringSubmatch(p.get())
	seconds, err := strconv.ParseFloat(found[1], 64)
	if err != nil {
		p.t.Fatal(err)
	}
	return seconds
}

// stop ends it, and gives its peak memory in MB.
func (p *program) stop() (peak float64) {
	peak = harness.PeakMemory(strconv.Itoa(p.cmd.Process.Pid))
	p.client.CloseIdleConnections()
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
	return peak
}
