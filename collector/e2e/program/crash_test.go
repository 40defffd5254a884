package program_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/exportertest"
)

// A kill -9 during the start, a poll or a write of the state file loses no batch of the
// file and duplicates none: from one run to the next the file only gains batches.
func TestKilledAtRandomMoments(t *testing.T) {
	if testing.Short() {
		t.Skip("starts many processes")
	}
	api := exportertest.NewAPI(t)
	var jobs []string
	for i := range 60 {
		jobs = append(jobs, fmt.Sprintf("job-%02d", i))
	}
	dir := t.TempDir()
	state := filepath.Join(dir, "state")
	args := []string{
		"--config.file=" + exportertest.TempFile(t, "config.yml", api.Config(jobs...)),
		"--persistence.file=" + state, "--persistence.interval=5ms", // it writes most of the time
	}
	var known []string // batches in the file after the last kill
	n := 0
	for began := time.Now(); n < 25 && time.Since(began) < 25*time.Second; n++ { // a busy machine does fewer runs
		p := exportertest.StartProcess(t, exportertest.Command(t, args...))
		if n%5 != 4 { // every fifth process may be killed before it listens
			p.AwaitListening()
			if gone := exportertest.Missing(p.Batches(), known); len(gone) > 0 {
				t.Fatalf("run %d: batches %v are in the file, but not in the scrape\n%s", n, gone, p.Log)
			}
		}
		select {
		case <-time.After(rand.N(150 * time.Millisecond)): // the time that a start and the first polls take
		case <-p.Ended:
			t.Fatalf("run %d ended before it was killed: %v\n%s", n, p.Cmd.ProcessState, p.Log)
		}
		p.Kill()
		if strings.Contains(p.Log.String(), "damaged") {
			t.Errorf("run %d logs that the state file is damaged:\n%s", n, p.Log)
		}
		now := batchesInFile(t, state)
		if gone := exportertest.Missing(now, known); len(gone) > 0 {
			t.Fatalf("run %d: batches %v are no longer in the file", n, gone)
		}
		known = slices.Collect(maps.Keys(now))
	}
	// Files that a kill left unfinished must not accumulate.
	if files, err := os.ReadDir(dir); err != nil || len(files) > 3 {
		t.Errorf("files %v, error %v; want the state file, its lock and at most one unfinished file", files, err)
	}
	t.Logf("killed %d times; then the file has %d of %d batches", n, len(known), len(jobs))

	p := exportertest.StartProcess(t, exportertest.Command(t, args...))
	p.AwaitListening()
	p.AwaitBatches(jobs)
	p.End(syscall.SIGTERM)
	if gone := exportertest.Missing(batchesInFile(t, state), jobs); len(gone) > 0 {
		t.Errorf("after an orderly end batches %v are not in the file", gone)
	}
}

// A start that fails does not change the state file.
func TestBadConfigurationKeepsTheStateFile(t *testing.T) {
	// The first run leaves a batch in the state file.
	api := exportertest.NewAPI(t)
	config, state := exportertest.TempFile(t, "config.yml", api.Config("job1")), exportertest.TempFile(t, "state", "")
	args := []string{"--config.file=" + config, "--persistence.file=" + state, "--persistence.interval=1ms"}
	e := exportertest.Start(t, args...)
	e.AwaitMetric(exportertest.InProgress("job1"))
	if err := e.Stop(); err != nil {
		t.Fatal(err)
	}
	exportertest.WriteFile(t, config, "accounts: 1\n")
	if _, _, err := exportertest.Run(t, append(args, exportertest.AnyPort)...); err == nil {
		t.Fatal("the exporter starts with a bad configuration")
	}
	if !batchesInFile(t, state)["job1"] {
		t.Error("the batch is no longer in the state file")
	}
}

// If the state file is also a configuration file, the exporter refuses to start and leaves
// the file as it is.
func TestConfigurationFileAsStateFile(t *testing.T) {
	config, web := exportertest.TempFile(t, "config.yml", exportertest.SmallestConfig), exportertest.TempFile(t, "web.yml", exportertest.BasicAuthConfig)
	for _, state := range []string{config, web} {
		_, _, err := exportertest.Run(t, "--config.file="+config, "--web.config.file="+web, "--persistence.file="+state, exportertest.AnyPort)
		if err == nil || !strings.HasPrefix(err.Error(), "--persistence.file="+state+" is also the file of --") {
			t.Errorf("error %v, want an error that names both flags", err)
		}
		if files, err := os.ReadDir(filepath.Dir(state)); err != nil || len(files) != 1 {
			t.Errorf("files %v, error %v; want only the configuration file", files, err)
		}
	}
	if exportertest.ReadFile(t, config) != exportertest.SmallestConfig || exportertest.ReadFile(t, web) != exportertest.BasicAuthConfig {
		t.Error("a configuration file has changed")
	}
}

// batchesInFile returns the batches in a state file. Every line must be complete JSON: the
// first line has the version, each other line has a batch.
func batchesInFile(t *testing.T, path string) map[string]bool {
	t.Helper()
	ids := make(map[string]bool)
	opened, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return ids // killed before the first write
	} else if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	lines := bufio.NewScanner(opened)
	for n := 1; lines.Scan(); n++ {
		var line struct {
			Version int
			JobID   string `json:"job_id"`
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil || n == 1 && line.Version != 1 || n > 1 && line.JobID == "" {
			t.Fatalf("line %d of the state file: %v: %q", n, err, lines.Text())
		}
		if n > 1 && ids[line.JobID] {
			t.Fatalf("%s is in the state file twice", line.JobID)
		}
		if n > 1 {
			ids[line.JobID] = true
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return ids
}
