package repository

import (
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// A program is always that of the current sources, even if several builds run at the same
// time.
func TestProgramIsOfTheCurrentSources(t *testing.T) {
	cache := t.TempDir()
	t.Setenv("GOCACHE", goEnv(t, "GOCACHE")) // the default would be in the folder that follows
	t.Setenv("XDG_CACHE_HOME", cache)
	t.Setenv("HOME", cache)
	root := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("go.mod", "module example.com/program\n")
	for _, output := range []string{"first", "second"} {
		write("main.go", "package main\n\nfunc main() { print(\""+output+"\") }\n")
		var builds sync.WaitGroup
		for range 3 {
			builds.Go(func() {
				path, err := build(t.Context(), root)
				if err != nil {
					t.Error(err)
					return
				}
				if got, err := exec.CommandContext(t.Context(), path).CombinedOutput(); string(got) != output {
					t.Errorf("the program prints %q, error %v, want %q", got, err, output)
				}
			})
		}
		builds.Wait()
	}
}

func goEnv(t *testing.T, name string) string {
	t.Helper()
	value, err := exec.CommandContext(t.Context(), "go", "env", name).Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(value[:len(value)-1])
}
