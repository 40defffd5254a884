//go:build unix

package statefile

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-kit/log"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
)

// A second exporter waits for a while for the state file, then fails. The first one continues
// to write, and its file does not change meanwhile.
func TestStateFileInUse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "state")
		first, _, err := open(t, path, known(someStates()))
		must(t, err)
		first.write()
		before, err := os.ReadFile(path)
		must(t, err)

		began := time.Now()
		_, out, err := open(t, path, store.New())
		host, _ := os.Hostname()
		want := fmt.Sprintf(`%s is in use by another exporter, pid %d on host %q: stop that exporter, or use another file, because each exporter needs its own`, path, os.Getpid(), host)
		if err == nil || err.Error() != want {
			t.Errorf("error %v\nwant %s", err, want)
		}
		if took := time.Since(began); took != lockWait {
			t.Errorf("refused after %v, want %v", took, lockWait)
		}
		if n := strings.Count(out, "waiting for it to end"); n != 1 || strings.Count(out, "\n") != 1 {
			t.Errorf("want one line of log:\n%s", out)
		}
		if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, before) {
			t.Errorf("the file changed, error %v:\n%s", err, now)
		}
		must(t, os.Remove(path))
		if first.write(); first.failure != "" {
			t.Errorf("the first exporter no longer writes: %s", first.failure)
		}
	})
}

// In a rolling update, the new exporter starts as soon as the old one exits, with the state
// that the old one wrote last.
func TestStateFileHandedOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "state")
		first, _, err := open(t, path, known(someStates()))
		must(t, err)
		time.AfterFunc(lockWait-time.Second, func() {
			first.write()
			first.Close()
		})
		began := time.Now()
		filled := store.New()
		_, _, err = open(t, path, filled)
		if took := time.Since(began); err != nil || took > lockWait-time.Second/2 || filled.Waiting() != len(someStates()) {
			t.Errorf("after %v error %v, %d batches known, want %d", took, err, filled.Waiting(), len(someStates()))
		}
	})
}

// An exporter that is stopped while it waits exits at once.
func TestStateFileWaitIsCutShort(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "state")
		_, _, err := open(t, path, store.New())
		must(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		began := time.Now()
		err = New(path, time.Minute, store.New(), prometheus.NewRegistry(), log.NewNopLogger()).Open(ctx)
		if !errors.Is(err, context.Canceled) || time.Since(began) != time.Second {
			t.Errorf("error %v after %v", err, time.Since(began))
		}
	})
}

// An exporter that is stopped while it reads the file exits at once: reading a large file may
// take longer than a shutdown may. The file does not change.
func TestStateFileReadIsCutShort(t *testing.T) {
	for name, content := range map[string]string{
		"a state file": string(encoded(t, someStates())), "no state file": "other\n",
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "state")
			must(t, os.WriteFile(path, []byte(content), 0o600))
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			filled := store.New()
			err := New(path, time.Minute, filled, prometheus.NewRegistry(), log.NewNopLogger()).Open(ctx)
			if !errors.Is(err, context.Canceled) || filled.Waiting() > 0 {
				t.Errorf("error %v, %d batches known", err, filled.Waiting())
			}
			if left, err := os.ReadFile(path); err != nil || string(left) != content {
				t.Errorf("the file changed, error %v:\n%s", err, left)
			}
		})
	}
}

// If someone removes the lock file, the exporter locks it again at its next write. If another
// exporter got the lock in between, the first one stops writing.
func TestStateLockThatIsRemoved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "state")
		first, _, err := open(t, path, known(someStates()))
		must(t, err)
		must(t, os.Remove(path+".lock"))
		if first.write(); first.failure != "" {
			t.Errorf("it no longer writes: %s", first.failure)
		}
		if _, _, err := open(t, path, store.New()); err == nil || !strings.Contains(err.Error(), "in use") {
			t.Errorf("a second exporter may have the file, error %v", err)
		}

		must(t, os.Remove(path+".lock"))
		second, _, err := open(t, path, known(someStates()[:1]))
		must(t, err)
		second.write()
		before, err := os.ReadFile(path)
		must(t, err)
		if first.write(); !strings.Contains(first.failure, "in use") {
			t.Errorf("two exporters write the file: %q", first.failure)
		}
		if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, before) {
			t.Errorf("the file changed, error %v:\n%s", err, now)
		}
		second.Close()
		if first.write(); first.failure != "" {
			t.Errorf("it still does not write: %s", first.failure)
		}
	})
}

// A lock file that is not a regular file is an error, without delay.
func TestStateLockThatIsNotARegularFile(t *testing.T) {
	for name, prepare := range map[string]func(path string) error{
		"a FIFO":                func(path string) error { return syscall.Mkfifo(path, 0o600) },
		"a directory":           func(path string) error { return os.Mkdir(path, 0o700) },
		"a symlink to a file":   func(path string) error { return os.Symlink("victim", path) },
		"a symlink to nowhere":  func(path string) error { return os.Symlink("none", path) },
		"a symlink to a device": func(path string) error { return os.Symlink("/dev/zero", path) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path, victim := filepath.Join(dir, "state"), filepath.Join(dir, "victim")
			put(t, victim, nil, 0o600)
			must(t, prepare(path+".lock"))
			if _, _, err := open(t, path, store.New()); err == nil || !strings.Contains(err.Error(), path+".lock is not a regular file (") {
				t.Errorf("error %v", err)
			}
			if content, err := os.ReadFile(victim); err != nil || len(content) > 0 {
				t.Errorf("the target of the symlink has the content %q, error %v", content, err)
			}
			if _, err := os.Lstat(filepath.Join(dir, "none")); err == nil {
				t.Error("a symlink was followed")
			}
		})
	}
}

// A lock file with other content works and keeps its content.
func TestStateLockOfAnotherForm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for name, content := range map[string]string{
			"another text":       "made by hand",
			"a long one":         strings.Repeat("x", 1<<20),
			"a forged signature": "pid 1 on host \"\x1b[2J\"\n",
			"two signatures":     "pid 1 on host \"a\"\npid 2 on host \"b\"\n",
		} {
			path := filepath.Join(t.TempDir(), "state")
			put(t, path+".lock", []byte(content), 0o600)
			_, _, err := open(t, path, store.New())
			must(t, err)
			_, _, err = open(t, path, store.New())
			if want := path + " is in use by another exporter: stop that exporter"; err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: error %v, want %s", name, err, want)
			}
			if now, err := os.ReadFile(path + ".lock"); err != nil || string(now) != content {
				t.Errorf("%s: the content of the lock file is now %.50q, error %v", name, now, err)
			}
		}
	})
}

// Only the errors of a file system without locks let an exporter run without a lock.
func TestStateLockErrors(t *testing.T) {
	for err, want := range map[error]bool{
		syscall.ENOLCK: true, syscall.ENOSYS: true, syscall.EOPNOTSUPP: true,
		syscall.EACCES: false, syscall.EIO: false, syscall.ENOSPC: false, context.Canceled: false,
	} {
		if got := hasNoLocks(&os.PathError{Op: "flock", Path: "state.lock", Err: err}); got != want {
			t.Errorf("%v: %v, want %v", err, got, want)
		}
	}
}
