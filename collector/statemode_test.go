//go:build unix

package collector

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// precious is in a file of somebody else.
const precious = "somebody else's"

// Whatever lies where the state file or its temporary file belongs, what is written is
// a new file that only its owner can read, and no other file changes.
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
		"a temporary file that others can read": func(t *testing.T, _, path, _ string) {
			put(t, path+".tmp", []byte("left by a crash"), 0o666)
		},
		"a temporary file that we cannot write": func(t *testing.T, _, path, _ string) {
			put(t, path+".tmp", nil, 0)
		},
		"a symlink as the temporary file": func(t *testing.T, _, path, victim string) {
			put(t, victim, []byte(precious), 0o644)
			must(t, os.Symlink(victim, path+".tmp"))
		},
		"a hard link as the temporary file": func(t *testing.T, _, path, victim string) {
			put(t, victim, []byte(precious), 0o644)
			must(t, os.Link(victim, path+".tmp"))
		},
		"no state file at all, moved aside onto a symlink": func(t *testing.T, _, path, victim string) {
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
				checkOurs(t, dir, good)
			})
		}
	}
}

// checkOurs wants the state file to be as it should, and the victim as it was.
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
		t.Errorf("error %v, the file holds:\n%s", err, content)
	}
	victim, err := os.ReadFile(filepath.Join(dir, "victim"))
	if err == nil && !bytes.Equal(victim, want) && string(victim) != precious {
		t.Errorf("another file was written: %q", victim)
	}
	for _, name := range []string{"state.tmp", "none"} {
		if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
			t.Errorf("%s is there", name)
		}
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
