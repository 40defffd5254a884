package collector_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestGolden compares /metrics of every situation with its golden file.
func TestGolden(t *testing.T) {
	for name, situation := range situations {
		t.Run(strings.ReplaceAll(name, "_", " "), func(t *testing.T) {
			simulated(t, func(t *testing.T, h *harness) {
				situation(h)
				got := h.jobs()
				checkGolden(t, name+".prom", got)
				checkExposition(t, got)
			})
		})
	}
}

// No golden file stays behind when its situation goes.
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

// checkGolden compares a text with a golden file, or rewrites the file if -update says so.
func checkGolden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", "golden", name)
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
