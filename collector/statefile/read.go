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

// regular returns an error if the path exists and is not a regular file. It must be called
// before opening the file, because opening a FIFO may block and a device may do anything.
func regular(path string) error {
	switch info, err := os.Stat(path); {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is not a regular file (%v); use another path", path, info.Mode())
	}
	return nil
}

// read restores the states of the file into the store. It moves a file aside that is not a
// state file. If ctx ends, it restores nothing.
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
	states, err := decode(untilEnd{ctx, file}, time.Now(), lost.add)
	if ctx.Err() != nil { // the states are incomplete and must not replace the file
		return ctx.Err()
	}
	var reading *fs.PathError
	switch {
	case errors.Is(err, errNewerState) || errors.As(err, &reading):
		return fmt.Errorf("%s: %w", f.path, err)
	case err != nil:
		aside := freeName(f.path + ".damaged")
		level.Warn(f.logger).Log("msg", "not a state file; it is moved aside, and the exporter starts without a state", "to", aside, "err", err)
		return os.Rename(f.path, aside)
	}
	lost.log(f.logger)
	f.store.Restore(states)
	level.Info(f.logger).Log("msg", "state file read", "jobs", len(states))
	return nil
}

// untilEnd is a reader that fails once ctx has ended, because reading a large file takes longer
// than a shutdown may.
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

// damage counts the damaged lines of a file, of which there may be millions.
type damage struct {
	lines int
	first int   // number of the first one
	err   error // of the first one
}

func (d *damage) add(line int, err error) {
	if d.lines++; d.lines == 1 {
		d.first, d.err = line, err
	}
}

func (d *damage) log(logger log.Logger) {
	if d.lines > 0 {
		level.Warn(logger).Log("msg", "lines of the state file are damaged; the states in them are lost", "lines", d.lines, "first_line", d.first, "err", d.err)
	}
}

// freeName returns the name if no file has it, else the name with the first free number. Files
// that were moved aside earlier may still be needed.
func freeName(name string) string {
	free := name
	for n := 2; ; n++ {
		if _, err := os.Lstat(free); err != nil {
			return free
		}
		free = fmt.Sprintf("%s.%d", name, n)
	}
}
