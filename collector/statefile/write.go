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

// write replaces the file, or leaves it as it was.
func (f *File) write() {
	changes := f.store.Changes()
	if err := f.replace(f.store.Snapshot()); err != nil {
		f.failures.Inc()
		// It is tried again soon; a log on a full disk is not to grow by that.
		if reason := innermost(err).Error(); reason != f.failure {
			f.failure = reason
			level.Error(f.logger).Log("msg", "state file not written, the older one stays", "err", err)
		}
		return
	}
	if f.failure != "" {
		f.failure = ""
		level.Info(f.logger).Log("msg", "the state file is written again")
	}
	f.written, f.at = changes, time.Now()
	f.lastWrite.SetToCurrentTime()
}

// innermost is the cause of all: that of a file without its name, which is new at each write.
func innermost(err error) error {
	for cause := err; cause != nil; cause = errors.Unwrap(cause) {
		err = cause
	}
	return err
}

// replace writes beside the file and renames: a reader, and a crash at any
// moment, finds the whole of the old file or the whole of the new one.
func (f *File) replace(states []*store.State) error {
	if err := f.lock.check(f.path); err != nil {
		return err
	}
	tmp, err := f.create()
	if err != nil {
		return err
	}
	err = Encode(tmp, states)
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
		return nil // which cannot sync a folder
	}
	// The rename itself must survive a power cut.
	dir, err := os.Open(filepath.Dir(f.path))
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Sync()
}

// tryWrite finds out at the start whether the file can be written.
func (f *File) tryWrite() error {
	tmp, err := f.create()
	if err != nil {
		return err
	}
	tmp.Close()
	return os.Remove(tmp.Name())
}
