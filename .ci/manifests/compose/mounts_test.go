package compose_test

import (
	"fmt"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"
)

// port is where a service listens, and the port of the host that leads there.
func port(s types.ServiceConfig) (inside, published string) {
	if len(s.Ports) != 1 {
		return "", ""
	}
	return fmt.Sprint(s.Ports[0].Target), s.Ports[0].Published
}

// outside is the file or folder of the repository that a container sees at a path. It is
// relative to the root of the repository.
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
