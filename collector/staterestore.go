package collector

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/go-kit/log/level"
)

// read takes up the file. One that is no state file at all is moved aside.
func (f *StateFile) read() error {
	// Not after it is open: to open a FIFO can take for ever, and a device may
	// do anything.
	info, err := os.Stat(f.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is no regular file but %v; name another", f.path, info.Mode())
	}
	file, err := os.Open(f.path)
	if err != nil {
		return err
	}
	defer file.Close()
	states, err := decodeStates(file, time.Now(), func(line int, err error) {
		level.Warn(f.logger).Log("msg", "a line of the state file is damaged; what it said is lost", "line", line, "err", err)
	})
	var asPath *fs.PathError // of reading
	switch {
	case errors.Is(err, errNewerState) || errors.As(err, &asPath):
		return fmt.Errorf("%s: %w", f.path, err)
	case err != nil:
		aside := freeName(f.path + ".damaged")
		level.Warn(f.logger).Log("msg", "this is no state file; it is moved aside and nothing is known", "to", aside, "err", err)
		return os.Rename(f.path, aside)
	}
	f.store.Restore(states)
	level.Info(f.logger).Log("msg", "state file read", "jobs", len(states))
	return nil
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
