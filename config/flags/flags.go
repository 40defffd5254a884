// Package flags defines the command line of the exporter and its environment variables.
// Flags override environment variables. An error names the flag or the variable whose
// value is invalid.
//
// The package also makes the logger that the flags ask for. It escapes characters that
// could control a terminal, truncates long values, and receives what libraries write to
// the standard loggers. It never reads the configuration file.
package flags

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/alecthomas/kingpin/v2"
	"github.com/prometheus/common/version"
	"github.com/prometheus/exporter-toolkit/web"
	"github.com/prometheus/exporter-toolkit/web/kingpinflag"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/config/link"
)

// Name is the name of the program.
const Name = "aliyun_iot_ota_exporter"

// Flags are the values of all flags, from the command line, the environment or the
// defaults. They do not change after Parse.
type Flags struct {
	ConfigFile    string          // path of the configuration file; unused with Demo
	Check         bool            // check the configuration and exit
	CheckLive     bool            // Check, and ask the API for every ID
	Shard         int32           // the number of this exporter, from 0 to TotalShards-1
	TotalShards   int32           // exporters that divide the accounts among themselves, at least 1
	Demo          bool            // run against the built-in simulator
	StateFile     string          // path of the state file; "": off
	StateInterval time.Duration   // longest time between two writes of the state file, at least 1ms
	MetricsPath   string          // path of the metrics, such as /metrics
	Web           *web.FlagConfig // addresses and web configuration
	GrafanaURL    link.Template   // of the dashboard of a batch
	ConsoleURL    link.Template   // of a batch in Alibaba Cloud's console
	LogLevel      string          // debug, info, warn or error
	LogFormat     string          // logfmt or json
	// Warnings describe flags and environment variables without an effect, one line each.
	Warnings []string

	given map[string]string // see the function given
}

// Parse reads the command line, without the name of the program, and the environment
// variables that start with ALIYUN_IOT_OTA_EXPORTER_. ok is false if the program must exit:
// because of err, or without an error because Parse has printed --help or --version to
// stdout.
func Parse(args []string, stdout, stderr io.Writer) (f Flags, ok bool, err error) {
	app := kingpin.New(Name, "Prometheus exporter for the firmware rollouts (OTA batches) of Alibaba Cloud IoT Platform.")
	app.Version(version.Print(Name)).DefaultEnvars()
	app.HelpFlag.Short('h').NoEnvar()
	app.VersionFlag.NoEnvar()
	app.Flag("config.file", "The configuration file.").Default(Name + ".yml").StringVar(&f.ConfigFile)
	app.Flag("config.check", "Check the configuration file and all other flags, print how old the data of its batches can get, and exit.").BoolVar(&f.Check)
	app.Flag("config.check-live", "The same, and ask the API for every ID in the file, within the rate budget.").BoolVar(&f.CheckLive)
	app.Flag("shard", "Number of this exporter among --total-shards, from 0. It watches the accounts whose names hash to its number.").Default("0").SetValue(number{&f.Shard})
	app.Flag("total-shards", "Number of exporters that divide the accounts of the configuration file among themselves; with 1, this one watches all of them.").Default("1").SetValue(number{&f.TotalShards})
	app.Flag("demo", "Run against a built-in simulator of the API, without a configuration file or credentials.").BoolVar(&f.Demo)
	app.Flag("persistence.file", "File that keeps the state of the batches across restarts; off if empty.").Default("").StringVar(&f.StateFile)
	app.Flag("persistence.interval", "Longest time between two writes of that file; it is also written at shutdown.").Default("5m").DurationVar(&f.StateInterval)
	app.Flag("web.telemetry-path", "HTTP path of the metrics.").Default("/metrics").StringVar(&f.MetricsPath)
	app.Flag("web.grafana-url", "URL of the dashboard of a batch, which its page links to; may contain {account}, {job_id}, {iot_instance_id} and {firmware_id}.").Default("").SetValue(&f.GrafanaURL)
	app.Flag("web.console-url", "URL of a batch in Alibaba Cloud's console, with the same placeholders.").Default("").SetValue(&f.ConsoleURL)
	f.Web = kingpinflag.AddFlags(app, ":10062")
	app.Flag("log.level", "Lowest level of the messages to log.").Default("info").SetValue(oneOf{&f.LogLevel, []string{"debug", "info", "warn", "error"}})
	app.Flag("log.format", "Format of the log.").Default("logfmt").SetValue(oneOf{&f.LogFormat, []string{"logfmt", "json"}})

	for _, flag := range app.Model().Flags {
		app.GetFlag(flag.Name).SetValue(checked{flag.Value, flag.Name})
	}

	printed := false // --help or --version
	app.UsageWriter(stdout).ErrorWriter(stderr).Terminate(func(int) { printed = true })
	_, err = app.Parse(args)
	if printed {
		return f, false, nil
	}
	f.given = given(app, args)
	if invalid, is := errors.AsType[*invalidValue](err); is {
		return f, false, fmt.Errorf("%s: %w", f.PlaceOf(invalid.flag, invalid.value), invalid)
	}
	if err != nil {
		return f, false, refused(err, app, args)
	}
	if err := f.check(); err != nil {
		return f, false, err
	}
	f.Warnings = slices.Concat(f.warnings(), unknownVariables(app, os.Environ()), proxyWarnings(os.Environ()))
	return f, true, nil
}
