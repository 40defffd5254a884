//go:build unix

package statefile

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
)

// precious is the content of files that do not belong to the exporter.
const precious = "precious"

// A write always gives a new state file that only its owner can read, and changes no other
// file, whatever exists in the place of the state file and its temporary files.
func TestStateFileIsOurs(t *testing.T) {
	good := encoded(t, someStates())
	for name, prepare := range map[string]func(t *testing.T, dir, path, victim string){
		"nothing": func(*testing.T, string, string, string) {},
		"a state file that others can read": func(t *testing.T, _, path, _ string) {
			put(t, path, good, 0o666)
		},
		"a symlink to a state file": func(t *testing.T, _, path, victim string) {
			put(t, victim, good, 0o644)
			must(t, os.Symlink(victim, path))
		},
		"a symlink to nowhere": func(t *testing.T, dir, path, _ string) {
			must(t, os.Symlink(filepath.Join(dir, "none"), path))
		},
		"a hard link": func(t *testing.T, _, path, victim string) {
			put(t, victim, good, 0o644)
			must(t, os.Link(victim, path))
		},
		"a temporary file from before a crash": func(t *testing.T, _, path, _ string) {
			put(t, path+".tmp-123", []byte("half"), 0o666)
		},
		"a temporary file without write permission": func(t *testing.T, _, path, _ string) {
			put(t, path+".tmp-456", nil, 0)
		},
		"a symlink with the name of a temporary file": func(t *testing.T, _, path, victim string) {
			put(t, victim, []byte(precious), 0o644)
			must(t, os.Symlink(victim, path+".tmp-789"))
		},
		"a hard link with the name of a temporary file": func(t *testing.T, _, path, victim string) {
			put(t, victim, []byte(precious), 0o644)
			must(t, os.Link(victim, path+".tmp-789"))
		},
		"a hard link as the lock file": func(t *testing.T, _, path, victim string) {
			put(t, victim, []byte(precious), 0o644)
			os.Remove(path + ".lock")
			must(t, os.Link(victim, path+".lock"))
		},
		"files with similar names": func(t *testing.T, dir, path, _ string) {
			for _, name := range []string{".tmp", ".tmp-", ".tmp-1a", "x.tmp-1", "2.tmp-1"} {
				put(t, path+name, []byte(precious), 0o644)
			}
			must(t, os.MkdirAll(path+".tmp-1", 0o700))
		},
		"another file, to be moved aside onto a symlink": func(t *testing.T, _, path, victim string) {
			put(t, path, []byte("hello"), 0o600)
			put(t, victim, []byte(precious), 0o644)
			must(t, os.Symlink(victim, path+".damaged"))
		},
	} {
		for _, moment := range []string{"before the start", "before a write"} {
			t.Run(name+" "+moment, func(t *testing.T) {
				dir := t.TempDir()
				path, victim := filepath.Join(dir, "state"), filepath.Join(dir, "victim")
				if moment == "before the start" {
					prepare(t, dir, path, victim)
				}
				f, _, err := open(t, path, known(someStates()))
				if err != nil {
					t.Fatal(err)
				}
				if moment == "before a write" {
					prepare(t, dir, path, victim)
				}
				f.write()
				f.Close()
				checkOurs(t, dir, good)
				_, _, err = open(t, path, store.New())
				must(t, err)
				checkNames(t, dir)
			})
		}
	}
}

// checkOurs checks the content and the mode of the state file, and that no other file changed.
func checkOurs(t *testing.T, dir string, want []byte) {
	t.Helper()
	path := filepath.Join(dir, "state")
	info, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode() != 0o600 {
		t.Errorf("the file has mode %v", info.Mode())
	}
	if content, err := os.ReadFile(path); err != nil || !bytes.Equal(content, want) {
		t.Errorf("error %v, content of the file:\n%s", err, content)
	}
	victim, err := os.ReadFile(filepath.Join(dir, "victim"))
	if err == nil && !bytes.Equal(victim, want) && string(victim) != precious {
		t.Errorf("another file was written: %q", victim)
	}
	if _, err := os.Lstat(filepath.Join(dir, "none")); err == nil {
		t.Error("a symlink was followed")
	}
}

// checkNames checks that no temporary file is left and that all other files still exist.
func checkNames(t *testing.T, dir string) {
	t.Helper()
	files, err := os.ReadDir(dir)
	must(t, err)
	similar := 0
	for _, f := range files {
		switch name := f.Name(); {
		case name == "state.tmp-789" && f.Type().IsRegular(), name == "state.tmp-123", name == "state.tmp-456":
			t.Errorf("%s still exists", name)
		case strings.Contains(name, ".tmp") && f.Type().IsRegular():
			similar++
			if content, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(content) != precious {
				t.Errorf("the content of %s is now %q, error %v", name, content, err)
			}
		}
	}
	if similar != 0 && similar != 5 {
		t.Errorf("%d of 5 other files are left: %v", similar, files)
	}
}

func put(t *testing.T, path string, content []byte, mode os.FileMode) {
	t.Helper()
	must(t, os.WriteFile(path, content, 0o600))
	must(t, os.Chmod(path, mode)) // whatever the umask
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
