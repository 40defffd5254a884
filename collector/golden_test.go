package collector_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestGolden holds /metrics of every situation to its golden file.
func TestGolden(t *testing.T) {
	for name, situation := range situations {
		t.Run(strings.ReplaceAll(name, "_", " "), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHarness(t)
				situation(h)
				got := h.jobs()
				checkGolden(t, name, got)
				checkExposition(t, got)
			})
		})
	}
}

// Every golden file has a situation that makes it.
func TestNoGoldenIsLeftOver(t *testing.T) {
	files, err := filepath.Glob("testdata/golden/*.prom")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d golden files, error %v", len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".prom")
		if situations[name] == nil {
			t.Errorf("%s: no situation makes it, delete it", file)
		}
	}
}

func checkGolden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", "golden", name+".prom")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v; write it by: go test ./collector -update", err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s (-want +got):\n%s\nif that is meant, rewrite it by: go test ./collector -update", file, diff)
	}
}

// checkExposition holds a text to Prometheus's parser and to promlint.
func checkExposition(t *testing.T, text string) {
	t.Helper()
	parsed(t, text)
	problems, err := promlint.New(strings.NewReader(text)).Lint()
	if err != nil {
		t.Errorf("lint: %v", err)
	}
	for _, p := range problems {
		t.Errorf("lint: %s: %s", p.Metric, p.Text)
	}
}
