// Command aliyun_iot_ota_exporter polls the firmware rollouts (OTA batches) of
// Alibaba Cloud IoT Platform and exposes them to Prometheus.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kingpin/v2"
	"github.com/go-kit/log"
	"github.com/go-kit/log/level"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	versioncollector "github.com/prometheus/client_golang/prometheus/collectors/version"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/prometheus/common/version"
	"github.com/prometheus/exporter-toolkit/web/kingpinflag"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/web"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/config"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, web.Name+": "+err.Error())
		os.Exit(1)
	}
}

// run is the program, until ctx ends or something is wrong at the start.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	app := kingpin.New(web.Name, "Prometheus exporter for the firmware rollouts (OTA batches) of Alibaba Cloud IoT Platform.")
	app.Version(version.Print(web.Name)).DefaultEnvars()
	app.HelpFlag.Short('h').NoEnvar()
	app.VersionFlag.NoEnvar()
	configFile := app.Flag("config.file", "The configuration file.").Default(web.Name + ".yml").String()
	check := app.Flag("config.check", "Check the configuration file, print how fresh its batches can be kept, and exit.").Bool()
	checkLive := app.Flag("config.check-live", "The same, and make one signed call for each operation that the file needs.").Bool()
	demo := app.Flag("demo", "Run against a built-in simulator of the API; needs no configuration file and no credentials.").Bool()
	stateFile := app.Flag("persistence.file", "Keep what is known across restarts in this file; off when empty.").Default("").String()
	stateInterval := app.Flag("persistence.interval", "Write that file at least this often; it is also written at the end.").Default("5m").Duration()
	metricsPath := app.Flag("web.telemetry-path", "Path of the metrics.").Default("/metrics").String()
	webFlags := kingpinflag.AddFlags(app, ":10062")
	logLevel := app.Flag("log.level", "Log what is at least this important.").Default("info").Enum("debug", "info", "warn", "error")
	logFormat := app.Flag("log.format", "Form of the log lines.").Default("logfmt").Enum("logfmt", "json")
	said := false // --help or --version have said all there is to say
	app.UsageWriter(stdout).ErrorWriter(stderr).Terminate(func(int) { said = true })
	if _, err := app.Parse(args); said {
		return nil
	} else if err != nil {
		return fmt.Errorf("%w, see --help", err)
	}
	lines := newLogger(stderr, *logFormat, *logLevel)
	logger := log.With(lines, "caller", log.DefaultCaller)

	load := func() (*config.Config, error) { return config.Load(*configFile) }
	if *demo {
		fleet, err := simulator.StartDemo()
		if err != nil {
			return err
		}
		defer fleet.Close()
		load = func() (*config.Config, error) { return config.Parse(strings.NewReader(fleet.Config())) }
		level.Info(logger).Log("msg", "demo: any client of the API can ask the simulator",
			"endpoint", fleet.URL, "access_key_id", fleet.Key.ID, "access_key_secret", fleet.Key.Secret)
	}
	setup := func() (collector.Setup, error) {
		cfg, err := load()
		if err != nil {
			return collector.Setup{}, err
		}
		for _, warning := range cfg.Warnings {
			level.Warn(logger).Log("msg", warning)
		}
		return newSetup(cfg), nil
	}
	registry := prometheus.NewRegistry()
	options := collector.PollerOptions{
		Calls:     collector.NewCallMetrics(registry, logger),
		UserAgent: web.Name + "/" + version.Version,
		Logger:    logger,
	}
	switch {
	case *checkLive:
		return collector.CheckLive(ctx, stdout, setup, options)
	case *check:
		return collector.Check(stdout, setup)
	}

	store := collector.NewStore()
	poller := collector.NewPoller(store, options)
	registry.MustRegister(poller, versioncollector.NewCollector(web.Name), collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	reloader := collector.NewReloader(setup, poller, registry, logger)
	metrics, err := collector.NewHandler(store, registry, logger)
	if err != nil {
		return err
	}
	handler, err := web.Pages{
		MetricsPath: *metricsPath,
		Metrics:     promhttp.InstrumentMetricHandler(registry, metrics),
		Reload:      func() error { return reloader.Reload(ctx) },
	}.Handler()
	if err != nil {
		return err
	}

	// An address in use must show before the first call to the API.
	listeners, err := web.Listen(webFlags)
	if err != nil {
		return err
	}
	if *stateFile != "" {
		file, err := collector.OpenStateFile(*stateFile, *stateInterval, store, registry, logger)
		if err != nil {
			return err
		}
		defer file.Keep()()
	}
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	if err := reloader.Load(ctx); err != nil {
		return err
	}
	defer poller.Stop()
	go reloader.ReloadOn(ctx, hangup)
	return web.Serve(ctx, listeners, webFlags, handler, lines)
}

// newSetup is what a configuration comes down to.
func newSetup(cfg *config.Config) collector.Setup {
	setup := collector.Setup{Rules: collector.Rules{
		Interval:          cfg.Polling.Interval,
		SettledInterval:   cfg.Polling.SettledInterval,
		ExpectedDuration:  cfg.Polling.ExpectedDuration,
		DeviceInterval:    cfg.Polling.DeviceInterval,
		DiscoveryInterval: cfg.Polling.DiscoveryInterval,
		MaxAge:            cfg.Polling.MaxAge,
	}}
	for _, a := range cfg.Accounts {
		c := a.Credentials
		account := collector.Account{
			Name:              a.Name,
			Timeout:           cfg.Polling.Timeout,
			RequestsPerSecond: a.RequestsPerSecond,
			BulkStatus:        a.BulkStatus,
			DeviceCounts:      a.DeviceCounts,
			Credentials: aliyun.CredentialsConfig{
				AccessKeyID:         c.AccessKeyID,
				AccessKeySecret:     c.AccessKeySecret.Reveal(),
				AccessKeySecretFile: c.AccessKeySecretFile,
				SecurityToken:       c.SecurityToken.Reveal(),
				SecurityTokenFile:   c.SecurityTokenFile,
				RoleARN:             c.RoleARN,
				RoleSessionName:     c.RoleSessionName,
				ExternalID:          c.ExternalID,
				ECSRAMRole:          c.ECSRAMRole,
				OIDCProviderARN:     c.OIDCProviderARN,
				OIDCTokenFile:       c.OIDCTokenFile,
				CredentialsURI:      c.CredentialsURI,
			},
		}
		for _, in := range a.Instances {
			place := aliyun.Instance{URL: a.BaseURL(in), ID: in.ID}
			if len(in.Discover.Products)+len(in.Discover.Firmwares) > 0 {
				account.Discover = append(account.Discover, collector.Discover{
					Region: a.RegionOf(in), Instance: place,
					Products: in.Discover.Products, Firmwares: in.Discover.Firmwares,
				})
			}
			for _, jobID := range in.Jobs {
				account.Targets = append(account.Targets, collector.Target{
					Account:  a.Name,
					Region:   a.RegionOf(in),
					Instance: place,
					JobID:    jobID,
					Origin:   collector.Configured,
				})
			}
		}
		setup.Accounts = append(setup.Accounts, account)
	}
	return setup
}

// newLogger writes lines that begin with ts and level.
func newLogger(w io.Writer, format, minimum string) log.Logger {
	logger := log.NewLogfmtLogger(log.NewSyncWriter(w))
	if format == "json" {
		logger = log.NewJSONLogger(log.NewSyncWriter(w))
	}
	logger = log.With(logger, "ts", log.DefaultTimestampUTC)
	return level.NewFilter(logger, level.Allow(level.ParseDefault(minimum, level.InfoValue())))
}
