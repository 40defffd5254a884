package statefile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"syscall"
	"time"

	"github.com/go-kit/log"
	"github.com/go-kit/log/level"
	"github.com/gofrs/flock"
)

// lockWait is the longest time to wait for another exporter to exit. In a rolling update, the
// new exporter starts before the old one has written its state, which takes a few seconds.
const lockWait = 10 * time.Second

// stateLock keeps a second exporter away from a state file. It locks a separate file, because
// each write replaces the state file. The kernel releases the lock when the process ends for
// any reason. The lock file remains.
type stateLock struct {
	path string       // of the lock file
	file *flock.Flock // nil if the file system does not support locks
}

func newLock(statePath string) *stateLock { return &stateLock{path: statePath + ".lock"} }

// lockState locks a state file. If another exporter holds the lock, it waits for lockWait or
// until ctx ends.
func lockState(ctx context.Context, statePath string, logger log.Logger) (*stateLock, error) {
	l := newLock(statePath)
	locked, err := l.try()
	if err == nil && !locked {
		level.Warn(logger).Log("msg", "another exporter uses the state file; waiting for it to end", "at_most", lockWait, "other", l.owner())
		locked, err = l.await(ctx)
	}
	switch {
	case hasNoLocks(err):
		level.Warn(logger).Log("msg", "the file system of the state file does not support locks; make sure that no second exporter uses the file", "err", err)
		return &stateLock{path: l.path}, nil
	case err != nil:
		return nil, err
	case !locked:
		return nil, l.inUse(statePath)
	}
	return l, nil
}

// hasNoLocks reports whether an error means that the file system does not support locks, such
// as NFS without its lock service.
func hasNoLocks(err error) bool {
	return errors.Is(err, errors.ErrUnsupported) || errors.Is(err, syscall.ENOLCK)
}

// await tries to get the lock until lockWait is over or ctx ends.
func (l *stateLock) await(ctx context.Context) (locked bool, err error) {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(lockWait); time.Now().Before(end) && !locked && err == nil; {
		select {
		case <-ctx.Done():
			return false, ctx.Err()
		case <-tick.C:
			locked, err = l.try()
		}
	}
	return locked, err
}

// try gets the lock if it is free.
func (l *stateLock) try() (locked bool, err error) {
	if err := l.regular(); err != nil {
		return false, err
	}
	file := flock.New(l.path)
	if locked, err := file.TryLock(); !locked {
		return false, err
	}
	l.file = file
	l.sign()
	return true, nil
}

// regular returns an error if the lock file exists and is not a regular file. It must be called
// before opening the file, because opening a FIFO may block.
func (l *stateLock) regular() error {
	switch info, err := os.Lstat(l.path); {
	case err == nil && !info.Mode().IsRegular():
		return fmt.Errorf("%s is not a regular file (%v); remove it", l.path, info.Mode())
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	}
	return nil
}

// check returns an error if the lock no longer keeps others away. If someone has removed the
// lock file, it tries to get the lock again, but another exporter may have done so before.
func (l *stateLock) check(statePath string) error {
	if l.file == nil {
		return nil
	}
	ours, err := l.file.Stat()
	if err != nil {
		return err
	}
	if there, err := os.Lstat(l.path); err == nil && os.SameFile(ours, there) {
		return nil
	}
	old := l.file
	switch locked, err := l.try(); {
	case err != nil:
		return err
	case !locked:
		return l.inUse(statePath)
	}
	return old.Close()
}

// release releases the lock.
func (l *stateLock) release() {
	if l.file != nil {
		_ = l.file.Close() // at the latest, the end of the process releases it
	}
}

// inUse returns the error for a lock that another exporter holds.
func (l *stateLock) inUse(statePath string) error {
	by := "another exporter"
	if owner := l.owner(); owner != "" {
		by += ", " + owner
	}
	return fmt.Errorf("%s is in use by %s: stop that exporter, or use another file, because each exporter needs its own", statePath, by)
}

// signature matches the content of the lock file, which names the last holder of the lock.
var signature = regexp.MustCompile(`\Apid \d+ on host "[!#-~]*"\n\z`)

// sign writes the signature. It leaves any other content unchanged, which may belong to someone
// else through a hard link. It ignores errors: on Windows, a locked file cannot be written.
func (l *stateLock) sign() {
	file, err := os.OpenFile(l.path, os.O_RDWR, 0)
	if err != nil {
		return
	}
	defer file.Close()
	if old := readSome(file); len(old) > 0 && !signature.Match(old) {
		return
	}
	host, _ := os.Hostname()
	if file.Truncate(0) == nil {
		_, _ = file.WriteAt(fmt.Appendf(nil, "pid %d on host %+q\n", os.Getpid(), host), 0)
	}
}

// owner returns the holder of the lock, "" if the lock file does not name it.
func (l *stateLock) owner() string {
	file, err := os.Open(l.path)
	if err != nil {
		return ""
	}
	defer file.Close()
	if text := readSome(file); signature.Match(text) {
		return strings.TrimSpace(string(text))
	}
	return ""
}

func readSome(r io.Reader) []byte {
	text, _ := io.ReadAll(io.LimitReader(r, 1<<10))
	return text
}
