package repository

import (
	"os"
	"path/filepath"
	"testing"
)

// Root returns the path of the repository: the nearest folder with a go.mod, from the
// working directory upwards. The working directory of a test is the folder of its package.
func Root(tb testing.TB) string {
	tb.Helper()
	dir, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			tb.Fatal("no folder above the test has a go.mod")
		}
		dir = parent
	}
}

// Path returns the path of a file of the repository. The name is relative to the root and
// has slashes.
func Path(tb testing.TB, name string) string {
	tb.Helper()
	return filepath.Join(Root(tb), filepath.FromSlash(name))
}

// Read returns the content of a file of the repository.
func Read(tb testing.TB, name string) string {
	tb.Helper()
	text, err := os.ReadFile(Path(tb, name))
	if err != nil {
		tb.Fatal(err)
	}
	return string(text)
}
