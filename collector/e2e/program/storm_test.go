//go:build unix

package program_test

import (
	"fmt"
	"net/http"
	"strings"
	"syscall"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/exportertest"
)

// storm is a configuration file that changes all the time. Two of its contents are valid
// and have most batches in common. The others are typical mistakes.
type storm struct {
	t     *testing.T
	path  string
	good  [2]string // contents of the file
	stays []string  // batches that are in both valid contents
	bad   []string  // contents of the file
}

func newStorm(t *testing.T, api *exportertest.API, interval string) *storm {
	t.Helper()
	s := &storm{t: t}
	for i := range 10 {
		s.stays = append(s.stays, fmt.Sprintf("stays-%d", i))
	}
	for i, other := range []string{"first", "second"} {
		s.good[i] = strings.Replace(api.Config(append(s.stays, other)...), "interval: 1h", "interval: "+interval, 1)
	}
	// An empty file, a binary one, a file that is half written, one file after the other,
	// and a file without the name of the account.
	s.bad = []string{
		"", "\x1f\x8b\x00\xff garbage", s.good[0][:len(s.good[0])/2], s.good[0] + s.good[1],
		strings.Replace(s.good[1], "name: production", "name: ", 1),
	}
	s.path = exportertest.TempFile(t, "config.yml", s.good[0])
	return s
}

// change writes the n-th content and says whether it is valid: two of three are. Like some
// editors it does not replace the file atomically.
func (s *storm) change(n int) (good bool) {
	s.t.Helper()
	if n%3 != 2 {
		exportertest.WriteFile(s.t, s.path, s.good[n%2])
		return true
	}
	exportertest.WriteFile(s.t, s.path, s.bad[n/3%len(s.bad)])
	return false
}

// Many reloads in quick succession, by signal and by request, do not lose a batch that
// stays, do not poll it again, and leave neither goroutines nor open files behind.
func TestReloadStorm(t *testing.T) {
	t.Parallel()
	api := exportertest.NewAPI(t)
	s := newStorm(t, api, "1h")
	p := exportertest.StartProcess(t, exportertest.Command(t, "--config.file="+s.path))
	p.AwaitListening()
	p.AwaitBatches(s.stays)
	before := exportertest.FootprintIn(p.Metrics())

	for n := range 90 {
		want := http.StatusInternalServerError
		if s.change(n) {
			want = http.StatusOK
		}
		p.Signal(syscall.SIGHUP)
		if status, body := p.Ask(http.MethodPost, "/-/reload"); status != want {
			t.Fatalf("reload %d: status %d, body %s, want %d", n, status, body, want)
		}
		if gone := exportertest.Missing(p.Batches(), s.stays); len(gone) > 0 {
			t.Fatalf("reload %d: batches %v are missing", n, gone)
		}
	}

	// Some signals may still be pending. All of them apply the file as it is now.
	exportertest.WriteFile(t, s.path, s.good[0])
	p.Signal(syscall.SIGHUP)
	p.AwaitMetric(exportertest.InProgress("first"))
	exportertest.WriteFile(t, s.path, s.bad[1])
	p.Signal(syscall.SIGHUP)
	p.AwaitMetric("aliyun_iot_ota_exporter_config_last_reload_successful 0")
	if now := p.Batches(); len(now) != len(s.stays)+1 || !now["first"] {
		t.Errorf("batches after a bad file: %v", now)
	}
	for _, id := range s.stays {
		if n := api.TimesAsked(id); n != 1 {
			t.Errorf("batch %s was polled %d times, want once", id, n)
		}
	}
	exportertest.Eventually(t, func() string {
		now := exportertest.FootprintIn(p.Metrics())
		if now.Goroutines > before.Goroutines+5 || now.Descriptors > before.Descriptors+5 { // connections come and go
			return fmt.Sprintf("%v to fall to the %v of the start", now, before)
		}
		return ""
	})
}
