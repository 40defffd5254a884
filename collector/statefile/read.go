package statefile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/go-kit/log"
	"github.com/go-kit/log/level"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
)

// usable returns an error if the path exists and is not a regular file, or if its folder does not
// exist. It must be called before opening the file, because opening a FIFO may block and a device
// may do anything.
func usable(path string) error {
	switch info, err := os.Stat(path); {
	case errors.Is(err, fs.ErrNotExist):
		if _, err := os.Stat(filepath.Dir(path)); errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("the folder of %s does not exist; create it, and let the exporter's user write there", path)
		}
		return nil
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is not a regular file (%v); use another path", path, info.Mode())
	}
	return nil
}

// withCure adds to an error about access or space what the program needs.
func withCure(err error) error {
	switch {
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%w; let the exporter's user read and write the file and its .lock, and create files in the folder", err)
	case errors.Is(err, syscall.EROFS):
		return fmt.Errorf("%w; use a folder that can be written, such as a volume", err)
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, syscall.EFBIG):
		return fmt.Errorf("%w; free space on the disk, or raise the limit of the exporter's user", err)
	}
	return err
}

// read restores the states of the file into the store. It moves a file aside that is not a
// state file. If ctx ends, it restores nothing.
func (f *File) read(ctx context.Context) error {
	var lost damage
	states, foreign, err := load(ctx, f.path, lost.add)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case foreign != nil:
		aside := freeName(f.path + ".damaged")
		level.Warn(f.logger).Log("msg", "not a state file; it is moved aside, and the exporter starts without a state", "to", aside, "err", foreign)
		return os.Rename(f.path, aside)
	}
	lost.log(f.logger)
	f.store.Restore(states)
	level.Info(f.logger).Log("msg", "state file read", "jobs", len(states))
	return nil
}

// load reads the states of a file. foreign is the reason why it is not a state file. damaged gets
// its damaged lines.
func load(ctx context.Context, path string, damaged func(line int, err error)) (states []*store.State, foreign, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer file.Close()
	states, err = decode(untilEnd{ctx, file}, time.Now(), damaged)
	if ctx.Err() != nil { // the states are incomplete and must not replace the file
		return nil, nil, ctx.Err()
	}
	var reading *fs.PathError
	if errors.Is(err, errNewerState) || errors.As(err, &reading) {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	return states, err, nil
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
