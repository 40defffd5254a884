package collector

import (
	"context"
	"os"
	"sync"

	"github.com/go-kit/log"
	"github.com/go-kit/log/level"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/poll"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// reloader loads the configuration, at the start and on every reload. It is safe for
// concurrent use.
type reloader struct {
	read   func() (target.Setup, error)
	poller *poll.Poller
	logger log.Logger

	mu             sync.Mutex // one reload at a time
	successful, at prometheus.Gauge
}

// newReloader registers the metrics that show whether the present file is the one in
// force. It loads nothing yet.
func newReloader(read func() (target.Setup, error), poller *poll.Poller, r prometheus.Registerer, logger log.Logger) *reloader {
	l := &reloader{
		read:   read,
		poller: poller,
		logger: logger,
		successful: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "aliyun_iot_ota_exporter_config_last_reload_successful",
			Help: "Whether the last load of the configuration file succeeded.",
		}),
		at: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "aliyun_iot_ota_exporter_config_last_reload_success_timestamp_seconds",
			Help: "When the configuration in force was loaded, in Unix time.",
		}),
	}
	r.MustRegister(l.successful, l.at)
	return l
}

// load loads the configuration and polls by it until ctx ends. If it cannot be used,
// load returns why, and the previous configuration stays in force.
func (r *reloader) load(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	setup, err := r.read()
	if err != nil {
		r.successful.Set(0)
		return err
	}
	r.poller.Apply(ctx, setup)
	r.successful.Set(1)
	r.at.SetToCurrentTime()
	loaded := level.Info(r.logger)
	if setup.Shard.Divides() {
		loaded = log.With(loaded, "shard", setup.Shard.Number, "total_shards", setup.Shard.Total, "accounts_of_other_shards", len(setup.Others))
	}
	loaded.Log("msg", "configuration loaded", "accounts", len(setup.Accounts))
	if len(setup.Accounts) == 0 {
		level.Warn(r.logger).Log("msg", "this shard has nothing to watch: no account of the configuration hashes to it", "shard", setup.Shard.Number, "total_shards", setup.Shard.Total)
	}
	return nil
}

// reload is load for a program that goes on in either case: it logs the error too.
func (r *reloader) reload(ctx context.Context) error {
	err := r.load(ctx)
	if err != nil {
		level.Error(r.logger).Log("msg", "configuration not reloaded; the previous one stays in force", "err", err)
	}
	return err
}

// reloadOn reloads at each signal until ctx ends.
func (r *reloader) reloadOn(ctx context.Context, signals <-chan os.Signal) {
	for {
		select {
		case <-signals:
			_ = r.reload(ctx) // it has logged the error
		case <-ctx.Done():
			return
		}
	}
}
