package compose_test

import (
	"os"
	"path/filepath"
	"testing"

	"go.yaml.in/yaml/v4"
)

// read gives a file by its path from the root of the repository.
func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, file))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// decode reads a YAML file.
func decode(t *testing.T, file string, into any) {
	t.Helper()
	if err := yaml.Unmarshal([]byte(read(t, file)), into); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

// matches are the files that match, relative to the root. There must be some.
func matches(t *testing.T, pattern string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(root, pattern))
	if err != nil || len(found) == 0 {
		t.Fatalf("%s: %d files, error %v", pattern, len(found), err)
	}
	for i, file := range found {
		absolute, err := filepath.Abs(file)
		if err != nil {
			t.Fatal(err)
		}
		found[i] = relative(t, absolute)
	}
	return found
}

// relative is a path from the root of the repository, with slashes.
func relative(t *testing.T, file string) string {
	t.Helper()
	top, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	file, err = filepath.Rel(top, file)
	if err != nil {
		t.Fatal(err)
	}
	return filepath.ToSlash(file)
}
