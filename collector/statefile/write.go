package statefile

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/go-kit/log/level"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
)

// write replaces the file. If that fails, the file stays as it was.
func (f *File) write() {
	changes := f.store.Changes()
	if err := f.replace(f.store.Saved()); err != nil {
		f.failures.Inc()
		// Log the same reason only once: the next attempt follows soon, and the log may be on
		// the same full disk.
		if reason := innermost(err).Error(); reason != f.failure {
			f.failure = reason
			level.Error(f.logger).Log("msg", "writing the state file failed, the previous one remains", "err", withCure(err))
		}
		return
	}
	if f.failure != "" {
		f.failure = ""
		level.Info(f.logger).Log("msg", "writing the state file succeeds again")
	}
	f.written, f.at = changes, time.Now()
	f.lastWrite.SetToCurrentTime()
}

// innermost returns the innermost error. It does not contain the name of the temporary file,
// which differs at each write.
func innermost(err error) error {
	for cause := err; cause != nil; cause = errors.Unwrap(cause) {
		err = cause
	}
	return err
}

// replace writes a temporary file and renames it, so that there is always a complete file: the
// old one or the new one, even after a crash.
func (f *File) replace(states []*store.State) error {
	if err := f.lock.check(f.path); err != nil {
		return err
	}
	tmp, err := f.create()
	if err != nil {
		return err
	}
	err = encode(tmp, states)
	if err == nil {
		err = tmp.Sync()
	}
	if closing := tmp.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(tmp.Name(), f.path)
	}
	if err != nil {
		os.Remove(tmp.Name())
		return err
	}
	if runtime.GOOS == "windows" {
		return nil // cannot sync a directory
	}
	// The rename itself must survive a power failure.
	dir, err := os.Open(filepath.Dir(f.path))
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Sync()
}

// tryWrite returns an error if the file cannot be written, so that this shows at startup.
func (f *File) tryWrite() error {
	tmp, err := f.create()
	if err != nil {
		return err
	}
	tmp.Close()
	return os.Remove(tmp.Name())
}
