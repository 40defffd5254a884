package collector

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/go-kit/log/level"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	versioncollector "github.com/prometheus/client_golang/prometheus/collectors/version"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/prometheus/common/version"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/demo"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/api"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/check"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/expose"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/pages"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/poll"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/statefile"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/web"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/config"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/config/flags"
)

// Run is the whole program: it assembles the parts, in the order in which data flows, and
// serves until ctx ends. args is the command line without the name of the program. Run returns
// an error if the program cannot start, which names the flag or the file and the cure. Only one
// Run may be active at a time, because it redirects the standard loggers.
func Run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	f, ok, err := flags.Parse(args, stdout, stderr)
	if !ok {
		return err
	}
	progress := &check.Progress{Terminal: stderr} // for --config.check-live
	logger, withoutCaller := f.Loggers(progress)
	defer flags.RedirectStandardLog(withoutCaller)()
	for _, warning := range f.Warnings {
		level.Warn(logger).Log("msg", warning)
	}
	if err := web.CheckFlags(f); err != nil {
		return err
	}
	if f.Check || f.CheckLive {
		if err := checkMachine(ctx, f, logger); err != nil {
			return err
		}
	}

	load := func() (*config.Config, error) { return config.Load(f.ConfigFile) }
	if f.Check && !f.CheckLive {
		load = func() (*config.Config, error) { return config.Check(f.ConfigFile) }
	}
	announce := func() {} // logs how to use the demo
	if f.Demo {
		server, err := demo.Start()
		if err != nil {
			return err
		}
		defer server.Close()
		load = func() (*config.Config, error) { return config.Parse(strings.NewReader(server.Config())) }
		announce = func() {
			level.Info(logger).Log("msg", "demo: any client of the API can use the simulator",
				"endpoint", server.URL, "access_key_id", server.Key.ID, "access_key_secret", server.Key.Secret)
		}
	}
	shard := target.Shard{Number: int(f.Shard), Total: int(f.TotalShards)}
	setup := func() (target.Setup, error) { return loadSetup(f, load, shard, logger) }

	options := poll.Options{UserAgent: flags.Name + "/" + version.Version, Logger: logger}
	switch {
	case f.CheckLive:
		return check.Live(ctx, stdout, progress, setup, options)
	case f.Check:
		return check.Config(stdout, setup)
	}

	// Without a handler, SIGHUP would end the program while it reads the state file.
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)

	store := store.New()
	poller := poll.New(store, options)
	registry := prometheus.NewRegistry()
	registry.MustRegister(poller, versioncollector.NewCollector(flags.Name), collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	state := statefile.New(f.StateFile, f.StateInterval, store, registry, logger)
	reloader := newReloader(setup, poller, registry, logger)
	metrics, err := expose.NewHandler(store, registry, logger)
	if err != nil {
		return err
	}
	site := pages.Site{Store: store, Poller: poller, Version: version.Version, Zone: time.Local, Grafana: f.GrafanaURL, Console: f.ConsoleURL}
	jobsAPI, jobAPI := api.Handlers(site)
	handler := web.Pages{
		MetricsPath: f.MetricsPath,
		Landing:     site.Landing(flags.Name, f.MetricsPath),
		Metrics:     promhttp.InstrumentMetricHandler(registry, metrics),
		Jobs:        site.Jobs(),
		Batch:       site.Batch(),
		JobsAPI:     jobsAPI,
		BatchAPI:    jobAPI,
		Account:     site.Account(),
		NotFound:    site.NotFound(),
		NotFoundAPI: api.NotFound(),
		Reload:      func() error { return reloader.reload(ctx) },
	}.Handler()

	// Report an address in use before the first call to the API.
	listeners, err := web.Listen(f)
	if err != nil {
		return err
	}
	defer listeners.Close()
	level.Info(logger).Log("msg", "Starting "+flags.Name, "version", version.Info())
	level.Info(logger).Log("msg", "Build context", "build_context", version.BuildContext())
	announce()
	switch err := state.Open(ctx); {
	case errors.Is(err, context.Canceled): // stopped while it waited for the file
		return nil
	case err != nil:
		return fmt.Errorf("%s: %w", f.Place("persistence.file"), err)
	}
	defer state.Close()
	if f.Demo {
		if err := foreignState(f, store); err != nil {
			return err
		}
	}
	if err := reloader.load(ctx); err != nil {
		return err
	}
	save := state.Keep() // after the load: without a configuration, an empty state would be written
	shutdown := sync.OnceFunc(func() {
		poller.Stop()
		save()
	})
	defer shutdown()
	context.AfterFunc(ctx, shutdown) // does not wait for running scrapes, which may take the remaining time
	go reloader.reloadOn(ctx, hangup)
	return listeners.Serve(ctx, f.Web, handler, f.Demo, withoutCaller)
}
