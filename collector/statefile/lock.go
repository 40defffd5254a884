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

// lockWait is how long a start waits for another exporter to end, which takes it a few
// seconds: in a rolling update the new one starts before the old one has written its state.
const lockWait = 10 * time.Second

// stateLock keeps a second exporter away from a state file. It locks a file of its own
// beside the state file, which is replaced at each write. The kernel releases the lock
// when the process ends, however it ends; the file stays.
type stateLock struct {
	path string       // of the lock file
	file *flock.Flock // nil where the file system has no locks
}

// lockState takes the lock of a state file. It waits for another exporter to release it,
// for lockWait or until ctx ends.
func lockState(ctx context.Context, statePath string, logger log.Logger) (*stateLock, error) {
	l := &stateLock{path: statePath + ".lock"}
	locked, err := l.try()
	if err == nil && !locked {
		level.Warn(logger).Log("msg", "another exporter uses the state file; waiting for it to end", "at_most", lockWait, "other", l.owner())
		locked, err = l.await(ctx)
	}
	switch {
	case hasNoLocks(err):
		level.Warn(logger).Log("msg", "the file system of the state file has no locks; see that no second exporter uses the file", "err", err)
		return &stateLock{path: l.path}, nil
	case err != nil:
		return nil, err
	case !locked:
		return nil, l.taken(statePath)
	}
	return l, nil
}

// hasNoLocks says whether an error of locking is that of a file system that cannot lock, such
// as NFS without its lock service.
func hasNoLocks(err error) bool {
	return errors.Is(err, errors.ErrUnsupported) || errors.Is(err, syscall.ENOLCK)
}

// await tries again and again.
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

// try takes the lock if nobody has it.
func (l *stateLock) try() (locked bool, err error) {
	// Not after it is open: to open a FIFO can take for ever.
	switch info, err := os.Lstat(l.path); {
	case err == nil && !info.Mode().IsRegular():
		return false, fmt.Errorf("%s is no regular file but %v; remove it", l.path, info.Mode())
	case err != nil && !errors.Is(err, fs.ErrNotExist):
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

// check demands that the lock still keeps others away: somebody may have removed the lock
// file, and another exporter may have made it anew.
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
		return l.taken(statePath)
	}
	return old.Close()
}

// release lets another exporter have the state file.
func (l *stateLock) release() {
	if l.file != nil {
		_ = l.file.Close() // the end of the process releases it otherwise
	}
}

// taken is the error of a lock that another exporter has.
func (l *stateLock) taken(statePath string) error {
	by := "another exporter"
	if owner := l.owner(); owner != "" {
		by += ", " + owner
	}
	return fmt.Errorf("%s is in use by %s: stop that one, or name another file", statePath, by)
}

// signature is what the lock file holds: who has the lock, or had it last.
var signature = regexp.MustCompile(`\Apid \d+ on host "[!#-~]*"\n\z`)

// sign writes it. What is not of that form is somebody else's, by a hard link, and stays. An
// error is no reason not to start: on Windows nobody can write to a file that is locked.
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

// owner is who has the lock, "" if the lock file does not say.
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
