package statefile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/go-kit/log"
	"github.com/go-kit/log/level"
)

// regular demands that what has a name is a regular file, or nothing. It is asked before
// the file is opened: to open a FIFO can take for ever, and a device may do anything.
func regular(path string) error {
	switch info, err := os.Stat(path); {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is no regular file but %v; name another", path, info.Mode())
	}
	return nil
}

// read takes up the file, unless ctx ends first. One that is no state file at all is moved
// aside.
func (f *File) read(ctx context.Context) error {
	file, err := os.Open(f.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	}
	defer file.Close()
	var lost damage
	states, err := Decode(untilEnd{ctx, file}, time.Now(), lost.add)
	if ctx.Err() != nil { // what was read is not all, and must not be written
		return ctx.Err()
	}
	var asPath *fs.PathError // of reading
	switch {
	case errors.Is(err, errNewerState) || errors.As(err, &asPath):
		return fmt.Errorf("%s: %w", f.path, err)
	case err != nil:
		aside := freeName(f.path + ".damaged")
		level.Warn(f.logger).Log("msg", "this is no state file; it is moved aside and nothing is known", "to", aside, "err", err)
		return os.Rename(f.path, aside)
	}
	lost.tell(f.logger)
	f.store.Restore(states)
	level.Info(f.logger).Log("msg", "state file read", "jobs", len(states))
	return nil
}

// untilEnd reads no more once ctx has ended: a large file takes longer than an end may.
type untilEnd struct {
	ctx context.Context
	r   io.Reader
}

func (u untilEnd) Read(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.r.Read(p)
}

// damage sums up the damaged lines of a file: there may be millions.
type damage struct {
	lines int
	first int   // its number
	err   error // of the first
}

func (d *damage) add(line int, err error) {
	if d.lines++; d.lines == 1 {
		d.first, d.err = line, err
	}
}

func (d *damage) tell(logger log.Logger) {
	if d.lines > 0 {
		level.Warn(logger).Log("msg", "lines of the state file are damaged; what they said is lost", "lines", d.lines, "first_line", d.first, "err", d.err)
	}
}

// freeName is the name, or with a number behind it the first that is not taken:
// what was moved aside before may still be wanted.
func freeName(name string) string {
	free := name
	for n := 2; ; n++ {
		if _, err := os.Lstat(free); err != nil {
			return free
		}
		free = fmt.Sprintf("%s.%d", name, n)
	}
}
