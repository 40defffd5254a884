package statefile

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"github.com/go-kit/log"
	"github.com/go-kit/log/level"
)

// Check returns the error with which Open would reject a state file, but does not wait for an
// exporter that uses the file. It logs what would be lost. It leaves the file as it is, and
// creates no other.
func Check(ctx context.Context, path string, logger log.Logger) error {
	if path == "" {
		return nil
	}
	return withCure(check(ctx, path, logger))
}

func check(ctx context.Context, path string, logger log.Logger) error {
	if err := usable(path); err != nil {
		return err
	}
	lock := newLock(path)
	if err := lock.regular(); err != nil {
		return err
	}
	switch file, err := os.Open(lock.path); {
	case err == nil:
		file.Close()
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	logger = log.WithSuffix(logger, "file", path)
	var lost damage
	switch _, foreign, err := load(ctx, path, lost.add); {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	case foreign != nil:
		level.Warn(logger).Log("msg", "not a state file; a start will move it aside, and begin without a state", "err", foreign)
	}
	lost.log(logger)
	return (&File{path: path}).tryWrite()
}
