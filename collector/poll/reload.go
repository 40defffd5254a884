package poll

import (
	"context"
	"os"
	"sync"

	"github.com/go-kit/log"
	"github.com/go-kit/log/level"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// Reloader loads the configuration, at the start and on every reload. It is safe for
// concurrent use.
type Reloader struct {
	load   func() (target.Setup, error)
	poller *Poller
	logger log.Logger

	mu             sync.Mutex // one reload at a time
	successful, at prometheus.Gauge
}

// NewReloader registers the metrics that show whether the present file is the one in
// force. It loads nothing yet.
func NewReloader(load func() (target.Setup, error), poller *Poller, r prometheus.Registerer, logger log.Logger) *Reloader {
	reloader := &Reloader{
		load:   load,
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
	r.MustRegister(reloader.successful, reloader.at)
	return reloader
}

// Load loads the configuration and polls by it until ctx ends. If it cannot be used,
// Load returns why, and the previous configuration stays in force.
func (r *Reloader) Load(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	setup, err := r.load()
	if err != nil {
		r.successful.Set(0)
		return err
	}
	r.poller.Apply(ctx, setup)
	r.successful.Set(1)
	r.at.SetToCurrentTime()
	level.Info(r.logger).Log("msg", "configuration loaded", "accounts", len(setup.Accounts))
	return nil
}

// Reload is Load for a program that goes on in either case: it logs the error too.
func (r *Reloader) Reload(ctx context.Context) error {
	err := r.Load(ctx)
	if err != nil {
		level.Error(r.logger).Log("msg", "configuration not reloaded; the previous one stays in force", "err", err)
	}
	return err
}

// ReloadOn reloads at each signal until ctx ends.
func (r *Reloader) ReloadOn(ctx context.Context, signals <-chan os.Signal) {
	for {
		select {
		case <-signals:
			_ = r.Reload(ctx) // it has logged the error
		case <-ctx.Done():
			return
		}
	}
}
