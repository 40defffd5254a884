package compose_test

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"
	"go.yaml.in/yaml/v4"
)

// port is where a service listens, and where the host shows it.
func port(s types.ServiceConfig) (inside, published string) {
	if len(s.Ports) != 1 {
		return "", ""
	}
	return fmt.Sprint(s.Ports[0].Target), s.Ports[0].Published
}

// outside is the file or folder in the repository that a container sees at a
// path, relative to the root of the repository.
func outside(t *testing.T, s types.ServiceConfig, inside string) string {
	t.Helper()
	for _, v := range s.Volumes {
		if v.Type != types.VolumeTypeBind {
			continue
		}
		if rest, is := strings.CutPrefix(path.Clean(inside)+"/", v.Target+"/"); is {
			return relative(t, filepath.Join(v.Source, rest))
		}
	}
	t.Fatalf("%s: nothing is mounted at %s", s.Name, inside)
	return ""
}

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

// argument is the value of a flag in the service's command.
func argument(t *testing.T, s types.ServiceConfig, flag string) string {
	t.Helper()
	for _, arg := range s.Command {
		if value, is := strings.CutPrefix(arg, flag+"="); is {
			return value
		}
	}
	t.Fatalf("%s: no %s in %q", s.Name, flag, s.Command)
	return ""
}

// volume demands that a service may write to a path, and that what it writes
// outlives its container.
func volume(t *testing.T, s types.ServiceConfig, inside string) {
	t.Helper()
	for _, v := range s.Volumes {
		if v.Type == types.VolumeTypeVolume && v.Source != "" && !v.ReadOnly && strings.HasPrefix(inside+"/", v.Target+"/") {
			return
		}
	}
	t.Errorf("%s: no volume holds %s", s.Name, inside)
}

// read gives a file by its path from the root of the repository.
func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, file))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func decode(t *testing.T, file string, into any) {
	t.Helper()
	if err := yaml.Unmarshal([]byte(read(t, file)), into); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

// matches are the files, relative to the root of the repository.
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
