package statefile

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/go-kit/log"
	"github.com/go-kit/log/level"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
)

// settle is how soon what a reader would miss after a crash is written: a
// batch's first answer, a new status, a failure.
const settle = 10 * time.Second

// File keeps what is known across restarts. Its methods are called one
// after the other.
type File struct {
	path     string
	interval time.Duration
	store    *store.Store
	logger   log.Logger
	lock     *stateLock

	written uint64 // Store.Changes as of the last write
	at      time.Time
	failure string // why the last write failed; "": it succeeded
	metrics *Metrics
}

// Metrics tell of the writing of the state file.
type Metrics struct {
	lastGood prometheus.Gauge
	failures prometheus.Counter
}

// NewMetrics registers them; they exist without a state file too.
func NewMetrics(r prometheus.Registerer) *Metrics {
	m := &Metrics{
		lastGood: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "aliyun_iot_ota_exporter_state_last_write_timestamp_seconds",
			Help: "When the state file was last written, in Unix time; 0 until then, and without one.",
		}),
		failures: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "aliyun_iot_ota_exporter_state_write_failures_total",
			Help: "Writes of the state file that failed; the older file stays.",
		}),
	}
	r.MustRegister(m.lastGood, m.failures)
	return m
}

// Open reads the file into the store and keeps other exporters away from it until
// Close. While another exporter has it, it waits a little, or until ctx ends. The error is
// one for the start: the file is in use, cannot be read or written, is no regular file, or
// is of a newer version of the program; it is not touched then.
func Open(ctx context.Context, path string, interval time.Duration, store *store.Store, m *Metrics, logger log.Logger) (*File, error) {
	f := &File{path: path, interval: interval, store: store, metrics: m, logger: log.WithSuffix(logger, "file", path)}
	if err := f.open(ctx); err != nil {
		return nil, fmt.Errorf("--persistence.file: %w", err)
	}
	return f, nil
}

func (f *File) open(ctx context.Context) (err error) {
	if err := regular(f.path); err != nil {
		return err
	}
	if f.lock, err = lockState(ctx, f.path, f.logger); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
		}
	}()
	if err := f.read(ctx); err != nil {
		return err
	}
	f.removeLeftovers()
	return f.tryWrite()
}

// Close lets another exporter have the file.
func (f *File) Close() { f.lock.release() }

// Keep writes the file at least once an interval, sooner when there is news,
// until the returned function is called, which writes it once more.
func (f *File) Keep() (stop func()) {
	stopping, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		ticker := time.NewTicker(min(settle, f.interval))
		defer ticker.Stop()
		for {
			select {
			case now := <-ticker.C:
				if f.store.Changes() != f.written || now.Sub(f.at) >= f.interval {
					f.write()
				}
			case <-stopping:
				f.write()
				return
			}
		}
	}()
	return func() {
		close(stopping)
		<-stopped
	}
}

// write replaces the file, or leaves it as it was.
func (f *File) write() {
	changes := f.store.Changes()
	if err := f.replace(f.store.Snapshot()); err != nil {
		f.metrics.failures.Inc()
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
	f.metrics.lastGood.SetToCurrentTime()
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
