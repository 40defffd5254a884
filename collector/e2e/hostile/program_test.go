package hostile_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// command is the program with its own view of the files that say where names are
// resolved; without the right to give it one, it has the machine's.
func command(t *testing.T, names *nameServer, program string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	if names != nil {
		resolv := filepath.Join(t.TempDir(), "resolv.conf")
		write(t, resolv, "nameserver "+names.address+"\noptions timeout:1 attempts:1\n")
		cmd = exec.CommandContext(t.Context(), "unshare", append([]string{
			"--mount", "sh", "-c", `mount --bind "$0" /etc/resolv.conf && exec "$@"`, resolv, program}, args...)...)
	}
	cmd.Env = append(os.Environ(), "GODEBUG=netdns=go", "GORACE=halt_on_error=1", "HTTP_PROXY=", "HTTPS_PROXY=", "NO_PROXY=*")
	return cmd
}

func write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// exporter is the program while it runs.
type exporter struct {
	t     *testing.T
	cmd   *exec.Cmd
	url   string
	log   *logText
	ended chan struct{}
}

// logText keeps what the program writes to standard error.
type logText struct {
	mu   sync.Mutex // guards text
	text bytes.Buffer
}

func (l *logText) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *logText) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

var listening = regexp.MustCompile(`Listening on.* address=(\S+)`)

// start runs the command until the test ends.
func start(t *testing.T, cmd *exec.Cmd) *exporter {
	t.Helper()
	e := &exporter{t: t, cmd: cmd, log: &logText{}, ended: make(chan struct{})}
	cmd.Stderr = e.log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(e.ended)
		_ = cmd.Wait() // stop looks at the exit code
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // an error means that it has ended by itself
		<-e.ended
	})
	await(t, "the exporter to listen", func() bool {
		select {
		case <-e.ended:
			t.Fatalf("it ended: %v\n%s", cmd.ProcessState, e.log)
		default:
		}
		found := listening.FindStringSubmatch(e.log.String())
		if found != nil {
			e.url = "http://" + found[1]
		}
		return found != nil
	})
	return e
}

func await(t *testing.T, what string, done func() bool) {
	t.Helper()
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for deadline := time.Now().Add(30 * time.Second); !done(); <-ticker.C {
		if time.Now().After(deadline) {
			t.Fatalf("waited 30 s in vain for %s", what)
		}
	}
}

// patience is how long the program may take for a page or a reload, whatever its
// peers do. The race detector makes it slow, and so does a busy machine.
const patience = 5 * time.Second

// ask gives the answer of a page, which must come within patience.
func (e *exporter) ask(method, path string) (string, error) {
	ctx, cancel := context.WithTimeout(e.t.Context(), patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, e.url+path, nil)
	if err != nil {
		return "", err
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s %s: %s: %s", method, path, response.Status, body)
	}
	return string(body), err
}

// scrape is one look at /metrics.
type scrape struct {
	at       time.Time // before it was asked for
	families map[string]*dto.MetricFamily
}

func (e *exporter) scrape() (scrape, error) {
	at := time.Now()
	text, err := e.ask(http.MethodGet, "/metrics")
	if err != nil {
		return scrape{}, err
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(text))
	return scrape{at, families}, err
}

// each visits the series of a metric, without the namespace.
func (s scrape) each(name string, visit func(labels map[string]string, value float64)) {
	family := s.families[name]
	for _, m := range family.GetMetric() {
		labels := make(map[string]string)
		for _, l := range m.GetLabel() {
			labels[l.GetName()] = l.GetValue()
		}
		visit(labels, m.GetGauge().GetValue()+m.GetCounter().GetValue()+m.GetUntyped().GetValue())
	}
}

// value is that of a metric with one series.
func (s scrape) value(name string) (v float64) {
	s.each(name, func(_ map[string]string, value float64) { v = value })
	return v
}

// stop ends the program as a supervisor does, and says how long that took.
func (e *exporter) stop() (time.Duration, error) {
	began := time.Now()
	if err := e.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return 0, err
	}
	select {
	case <-e.ended:
	case <-time.After(30 * time.Second):
		_ = e.cmd.Process.Signal(syscall.SIGQUIT) // which prints what every goroutine does
		<-e.ended
		return 0, errors.New("it has not ended after 30 s")
	}
	if !e.cmd.ProcessState.Success() {
		return 0, fmt.Errorf("it ended: %v", e.cmd.ProcessState)
	}
	return time.Since(began), nil
}
