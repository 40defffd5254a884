//go:build unix

package statefile

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-kit/log"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// open opens a state file and returns what it logs.
func open(t *testing.T, path string, store *store.Store) (*File, string, error) {
	t.Helper()
	var out bytes.Buffer
	f := New(path, time.Minute, store, prometheus.NewRegistry(), log.NewLogfmtLogger(&out))
	err := f.Open(t.Context())
	if err == nil {
		t.Cleanup(f.Close)
	}
	return f, out.String(), err
}

func TestStateFileAtTheStart(t *testing.T) {
	good := string(encoded(t, someStates()))
	newer := strings.Replace(good, `"version":1`, `"version":2`, 1)
	for name, c := range map[string]struct {
		content        string
		known          int    // batches
		err, log, left string // left is what FILE.damaged holds
	}{
		"the file of an earlier run": {content: good, known: 4},
		"an empty file":              {content: ""},
		"a line that is not JSON":    {content: good + "{\"account\"\n", known: 4, log: "lines=1 first_line=6"},
		"a line without a job id":    {content: good + `{"account":"a"}` + "\n", known: 4, log: "no account or job_id"},
		"a file of a newer version":  {content: newer, err: "version 2, supported up to 1; run the newer program, or move the file away"},
		"a text that is not JSON":    {content: "hello\nworld\n", log: "moved aside", left: "hello\nworld\n"},
		"other JSON":                 {content: "{}\n", log: "has no version", left: "{}\n"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "state")
			if err := os.WriteFile(path, []byte(c.content), 0o600); err != nil {
				t.Fatal(err)
			}
			store := store.New()
			_, out, err := open(t, path, store)
			if c.err != "" {
				if err == nil || !strings.Contains(err.Error(), c.err) || !strings.Contains(err.Error(), path) {
					t.Errorf("error %v", err)
				}
				if now, _ := os.ReadFile(path); string(now) != c.content {
					t.Error("the file was changed")
				}
				return
			}
			if err != nil || !strings.Contains(out, c.log) || store.Waiting() != c.known {
				t.Errorf("error %v, %d batches known, log:\n%s", err, store.Waiting(), out)
			}
			if left, _ := os.ReadFile(path + ".damaged"); string(left) != c.left {
				t.Errorf("moved aside: %q", left)
			}
		})
	}
}

func TestStateFileThatCannotBeWritten(t *testing.T) {
	dir := t.TempDir()
	for name, path := range map[string]string{
		"no such directory":       filepath.Join(dir, "none", "state"),
		"a directory":             dir,
		"below a file":            "/dev/null/state",
		"a name that is too long": filepath.Join(dir, strings.Repeat("x", 300)),
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := open(t, path, store.New())
			if err == nil || !strings.Contains(err.Error(), path) {
				t.Errorf("error %v, want one that names the path", err)
			}
			if err := Check(t.Context(), path, log.NewNopLogger()); err == nil || !strings.Contains(err.Error(), path) {
				t.Errorf("the check has the error %v, want one that names the path", err)
			}
		})
	}
}

// Moving a file aside never replaces one that was moved aside before.
func TestStateFileDamagedRepeatedly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state")
	for i, aside := range []string{path + ".damaged", path + ".damaged.2", path + ".damaged.3"} {
		content := strings.Repeat("hello", i+1)
		put(t, path, []byte(content), 0o600)
		f, out, err := open(t, path, store.New())
		if err != nil || !strings.Contains(out, "to="+aside+" ") {
			t.Errorf("error %v, want it moved to %s; log:\n%s", err, aside, out)
		}
		f.Close()
		if left, _ := os.ReadFile(aside); string(left) != content {
			t.Errorf("the content of %s is %q, want %q", aside, left, content)
		}
	}
	if left, _ := os.ReadFile(path + ".damaged"); string(left) != "hello" {
		t.Errorf("the content of the first one is now %q", left)
	}
}

// known returns a store with these states.
func known(states []*store.State) *store.Store {
	known := store.New()
	known.Restore(states)
	var targets []target.Target
	for _, s := range states {
		targets = append(targets, s.Target)
	}
	known.Configure(target.Account{Name: "production", Targets: targets})
	return known
}

// The first result of each operation about a batch is written soon, so that a crash loses ages
// but no series.
func TestFirstResultsAreImportantChanges(t *testing.T) {
	status, at := aliyun.StatusInProgress, time.Unix(1, 0)
	batches := known([]*store.State{{Target: target.Target{Account: "production", JobID: "job-1"}}})
	for _, step := range []struct {
		name   string
		change func(*store.State)
		want   bool
	}{
		{"a list shows it", func(s *store.State) { s.Listed, s.Job = at, &aliyun.Job{JobStatus: &status} }, true},
		{"the first poll is answered", func(s *store.State) { s.AsOf, s.Asked = at, at }, true},
		{"its devices are counted", func(s *store.State) { s.Devices = &store.DeviceCounts{AsOf: at} }, true},
		{"it only gets older", func(s *store.State) { s.AsOf, s.Asked = at.Add(1), at.Add(1) }, false},
		{"polls start to fail", func(s *store.State) { s.Err = &aliyun.Error{} }, true},
	} {
		before := batches.Changes()
		old := batches.Get("production", "job-1")
		next := *old
		step.change(&next)
		if !batches.Replace(old, &next) {
			t.Errorf("%s: the store has another state", step.name)
		}
		if got := batches.Changes() != before; got != step.want {
			t.Errorf("%s: important change %v, want %v", step.name, got, step.want)
		}
	}
}
