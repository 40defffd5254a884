// Command aliyun_iot_ota_exporter polls the firmware rollouts (OTA batches) of
// Alibaba Cloud IoT Platform and exposes them to Prometheus.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/go-kit/log"
	"github.com/go-kit/log/level"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	versioncollector "github.com/prometheus/client_golang/prometheus/collectors/version"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/prometheus/common/version"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/web"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/config"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/config/flags"
)

func main() {
	if info, ok := debug.ReadBuildInfo(); ok && version.Version == "" {
		version.Version = strings.TrimPrefix(info.Main.Version, "v") // of go install and go run; the Makefile sets it
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(50) // what is known of the batches stays: half of it again for garbage costs no CPU worth saving
	}
	// credentials-go prints what it cannot read of an external program's answer there, keys and all.
	stdout := os.Stdout
	os.Stdout = nil
	if t, ok := http.DefaultTransport.(*http.Transport); ok {
		// credentials-go sends all of its requests by a copy of this.
		t.Proxy = aliyun.Proxy
		t.OnProxyConnectResponse = aliyun.RefusedByProxy
		t.MaxResponseHeaderBytes = 64 << 10 // instead of 10 MiB
	}
	// A process group can lose the reader of the log first. To write to it must not end the program.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A later signal ends what does not look at ctx, such as reading a FIFO. One that comes soon is the same
	// request again, from a supervisor or to a process group, and must not cut off the last write.
	context.AfterFunc(ctx, func() { time.AfterFunc(sameSignal, stop) })
	err := run(ctx, os.Args[1:], stdout, os.Stderr)
	if err != nil {
		fmt.Fprintln(os.Stderr, flags.Name+": "+err.Error())
		os.Exit(1)
	}
}

// sameSignal is how long a second signal to end means no more than the first.
const sameSignal = time.Second

// run is the program, until ctx ends or something is wrong at the start.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	f, ok, err := flags.Parse(args, stdout, stderr)
	if !ok {
		return err
	}
	progress := collector.NewProgress(stderr) // of --config.check-live
	logger, withoutCaller := f.Loggers(progress)
	defer flags.TakeStandardLog(withoutCaller)()

	load := func() (*config.Config, error) { return config.Load(f.ConfigFile) }
	if f.Check && !f.CheckLive {
		load = func() (*config.Config, error) { return config.Check(f.ConfigFile) }
	}
	announce := func() {} // what is special about this run
	if f.Demo {
		fleet, err := simulator.StartDemo()
		if err != nil {
			return err
		}
		defer fleet.Close()
		load = func() (*config.Config, error) { return config.Parse(strings.NewReader(fleet.Config())) }
		announce = func() {
			level.Info(logger).Log("msg", "demo: any client of the API can ask the simulator",
				"endpoint", fleet.URL, "access_key_id", fleet.Key.ID, "access_key_secret", fleet.Key.Secret)
		}
	}
	setup := func() (collector.Setup, error) { return newSetup(load, logger) }

	registry := prometheus.NewRegistry()
	options := collector.PollerOptions{
		Calls:     collector.NewCallMetrics(registry, logger),
		UserAgent: flags.Name + "/" + version.Version,
		Logger:    logger,
	}
	switch {
	case f.CheckLive:
		return collector.CheckLive(ctx, stdout, progress, setup, options)
	case f.Check:
		return collector.Check(stdout, setup)
	}

	// Before the state file, which can take a while: a signal that nobody takes ends the program.
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)

	store := collector.NewStore()
	poller := collector.NewPoller(store, options)
	registry.MustRegister(poller, versioncollector.NewCollector(flags.Name), collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	stateMetrics := collector.NewStateMetrics(registry)
	reloader := collector.NewReloader(setup, poller, registry, logger)
	metrics, err := collector.NewHandler(store, registry, logger)
	if err != nil {
		return err
	}
	handler, err := web.Pages{
		Name:        flags.Name,
		MetricsPath: f.MetricsPath,
		Metrics:     promhttp.InstrumentMetricHandler(registry, metrics),
		Jobs:        collector.NewJobsPage(store, poller),
		Reload:      func() error { return reloader.Reload(ctx) },
	}.Handler()
	if err != nil {
		return err
	}

	// An address in use must show before the first call to the API.
	listeners, err := web.Listen(f.Web)
	if err != nil {
		return err
	}
	defer listeners.Close()
	level.Info(logger).Log("msg", "Starting "+flags.Name, "version", version.Info())
	level.Info(logger).Log("msg", "Build context", "build_context", version.BuildContext())
	announce()
	var file *collector.StateFile
	if f.StateFile != "" {
		file, err = collector.OpenStateFile(ctx, f.StateFile, f.StateInterval, store, stateMetrics, logger)
		switch {
		case errors.Is(err, context.Canceled): // told to end while it waited for the file
			return nil
		case err != nil:
			return err
		}
		defer file.Close()
	}
	if err := reloader.Load(ctx); err != nil {
		return err
	}
	save := func() {}
	if file != nil { // not sooner: without a configuration it would be written empty
		save = file.Keep()
	}
	end := sync.OnceFunc(func() {
		poller.Stop()
		save()
	})
	defer end()
	context.AfterFunc(ctx, end) // at once: scrapes at hand may take all the time that is left
	go reloader.ReloadOn(ctx, hangup)
	return web.Serve(ctx, listeners, f.Web, handler, f.Demo, withoutCaller)
}

// newSetup loads a configuration and gives what it comes down to.
func newSetup(load func() (*config.Config, error), logger log.Logger) (collector.Setup, error) {
	cfg, err := load()
	if err != nil {
		return collector.Setup{}, err
	}
	for _, warning := range cfg.Warnings {
		level.Warn(logger).Log("msg", warning)
	}
	setup := collector.Setup{Rules: collector.Rules{
		Interval:          cfg.Polling.Interval,
		SettledInterval:   cfg.Polling.SettledInterval,
		ExpectedDuration:  cfg.Polling.ExpectedDuration,
		DeviceInterval:    cfg.Polling.DeviceInterval,
		DiscoveryInterval: cfg.Polling.DiscoveryInterval,
		MaxAge:            cfg.Polling.MaxAge,
	}, Lines: make(map[collector.Entry]int)}
	for i, a := range cfg.Accounts {
		account := collector.Account{
			Name:              a.Name,
			Credentials:       aliyun.CredentialsConfig(a.Credentials.Reveal()),
			Timeout:           cfg.Polling.Timeout,
			RequestsPerSecond: a.RequestsPerSecond,
			BulkStatus:        a.BulkStatus,
			DeviceCounts:      a.DeviceCounts,
		}
		for j, in := range a.Instances {
			region := a.RegionOf(in)
			place := aliyun.Instance{URL: a.BaseURL(in), ID: in.ID, RegionID: region, Signature: aliyun.Signature(a.Signature)}
			account.Watch(region, place, in.Jobs, in.Discover.Products, in.Discover.Firmwares)
			for _, list := range []struct {
				key, operation string
				ids            []string
			}{
				{"jobs", aliyun.OpQueryOTAJob, in.Jobs},
				{"discover.products", aliyun.OpListOTAFirmware, in.Discover.Products},
				{"discover.firmwares", aliyun.OpListOTAJobByFirmware, in.Discover.Firmwares},
			} {
				for k, id := range list.ids {
					path := fmt.Sprintf("accounts[%d].instances[%d].%s[%d]", i, j, list.key, k)
					setup.Lines[collector.Entry{Account: a.Name, Instance: place, Operation: list.operation, ID: id}] = cfg.Lines[path]
				}
			}
		}
		setup.Accounts = append(setup.Accounts, account)
	}
	return setup, nil
}
