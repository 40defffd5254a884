package load_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/exportertest"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/promtext"
)

// command is a command that runs the program with a resolv.conf of its own, which names the
// name server; without a name server, with the resolv.conf of the machine.
func command(t *testing.T, names *nameServer, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exportertest.Command(t, args...)
	if names != nil {
		resolv := filepath.Join(t.TempDir(), "resolv.conf")
		exportertest.WriteFile(t, resolv, "nameserver "+names.address+"\noptions timeout:1 attempts:1\n")
		cmd = exec.CommandContext(t.Context(), "unshare", append([]string{
			"--mount", "sh", "-c", `mount --bind "$0" /etc/resolv.conf && exec "$@"`, resolv}, cmd.Args...)...)
	}
	cmd.Env = append(os.Environ(), "GODEBUG=netdns=go", "GORACE=halt_on_error=1", "HTTP_PROXY=", "HTTPS_PROXY=", "NO_PROXY=*")
	return cmd
}

// patience is how long the program may take for a page or a reload. It is long, because the
// race detector and a busy machine make the program slow: with four busy loops beside it, a page
// took up to 8 s on two cores.
const patience = 30 * time.Second

// ask returns a page, which must come within patience.
func ask(e *exportertest.Process, method, path string) (string, error) {
	ctx, cancel := context.WithTimeout(e.T.Context(), patience)
	defer cancel()
	answer, body, err := exportertest.Fetch(exportertest.Client, exportertest.NewRequest(e.T, method, e.URLs[0]+path).WithContext(ctx))
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s %s: %s: %s", method, path, answer.Status, body)
	}
	return body, err
}

// scrape is /metrics at one moment.
type scrape struct {
	at       time.Time // before the request
	text     string
	families map[string]*dto.MetricFamily
}

func scrapeOf(e *exportertest.Process) (scrape, error) {
	at := time.Now()
	text, err := ask(e, http.MethodGet, "/metrics")
	if err != nil {
		return scrape{}, err
	}
	families, err := promtext.Parse(strings.NewReader(text))
	return scrape{at, text, families}, err
}

// each calls visit for each series of a metric.
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

// stop ends the program as a supervisor does, and returns how long that took.
func stop(e *exportertest.Process) (time.Duration, error) {
	began := time.Now()
	if err := e.Cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return 0, err
	}
	select {
	case <-e.Ended:
	case <-time.After(30 * time.Second):
		_ = e.Cmd.Process.Signal(syscall.SIGQUIT) // prints the stacks of all goroutines
		<-e.Ended
		return 0, errors.New("it still runs after 30 s")
	}
	if !e.Cmd.ProcessState.Success() {
		return 0, fmt.Errorf("it ended with %v", e.Cmd.ProcessState)
	}
	return time.Since(began), nil
}
