package statefile

import (
	"context"
	"time"

	"github.com/go-kit/log"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
)

// settle is the longest time until an important change is written: the first answer of a batch,
// a new status, a failure.
const settle = 10 * time.Second

// File is the state file. Its methods must not be called concurrently.
type File struct {
	path     string // "": there is no state file
	interval time.Duration
	store    *store.Store
	logger   log.Logger
	lock     *stateLock // nil until Open

	written uint64    // Store.Changes at the last write
	at      time.Time // of the last write
	failure string    // why the last write failed; "": it succeeded

	lastWrite prometheus.Gauge
	failures  prometheus.Counter
}

// New returns the state file at the path for the states in the store, to be written at
// least once an interval. It reads nothing yet. Without a path there is no state file, and
// the methods do nothing. The metrics are registered in either case.
func New(path string, interval time.Duration, store *store.Store, r prometheus.Registerer, logger log.Logger) *File {
	metrics := promauto.With(r)
	return &File{
		path: path, interval: interval, store: store, logger: log.WithSuffix(logger, "file", path),
		lastWrite: metrics.NewGauge(prometheus.GaugeOpts{
			Name: "aliyun_iot_ota_exporter_state_last_write_timestamp_seconds",
			Help: "When the state file was last written, in Unix time; 0 before the first write and without a state file.",
		}),
		failures: metrics.NewCounter(prometheus.CounterOpts{
			Name: "aliyun_iot_ota_exporter_state_write_failures_total",
			Help: "Failed writes of the state file; the previous file remains.",
		}),
	}
}

// Open reads the file into the store and locks it against other exporters until Close. If
// another exporter holds the lock, Open waits for at most 10 s, or until ctx ends. It
// returns an error, and leaves the file as it is, if the file is in use, cannot be read or
// written, is not a regular file, or was written by a newer version of the program.
func (f *File) Open(ctx context.Context) (err error) {
	if f.path == "" {
		return nil
	}
	defer func() {
		if err != nil {
			f.Close()
			err = withCure(err)
		}
	}()
	if err := usable(f.path); err != nil {
		return err
	}
	if f.lock, err = lockState(ctx, f.path, f.logger); err != nil {
		return err
	}
	if err := f.read(ctx); err != nil {
		return err
	}
	f.removeLeftovers()
	return f.tryWrite()
}

// Close releases the lock.
func (f *File) Close() {
	if f.lock != nil {
		f.lock.release()
	}
}

// Keep writes the file in the background: at least once an interval, and within 10 s of a
// change. stop writes it one last time and returns when that is done.
func (f *File) Keep() (stop func()) {
	if f.path == "" {
		return func() {}
	}
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
