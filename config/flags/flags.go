// Package flags is the command line of the exporter, and the logger that it
// asks for.
package flags

import (
	"fmt"
	"io"
	"time"

	"github.com/alecthomas/kingpin/v2"
	"github.com/prometheus/common/version"
	"github.com/prometheus/exporter-toolkit/web"
	"github.com/prometheus/exporter-toolkit/web/kingpinflag"
)

// Name is the program's.
const Name = "aliyun_iot_ota_exporter"

// Flags are the values of all flags, each with its default where neither the
// command line nor the environment says otherwise.
type Flags struct {
	ConfigFile    string
	Check         bool
	CheckLive     bool
	Demo          bool
	StateFile     string        // "": off
	StateInterval time.Duration // not less than minStateInterval
	MetricsPath   string
	Web           *web.FlagConfig
	LogLevel      string
	LogFormat     string
}

// Parse reads the command line and the environment variables that begin with
// the program's name. false, without an error, is --help or --version, which
// have said all there is to say on stdout.
func Parse(args []string, stdout, stderr io.Writer) (f Flags, ok bool, err error) {
	app := kingpin.New(Name, "Prometheus exporter for the firmware rollouts (OTA batches) of Alibaba Cloud IoT Platform.")
	app.Version(version.Print(Name)).DefaultEnvars()
	app.HelpFlag.Short('h').NoEnvar()
	app.VersionFlag.NoEnvar()
	app.Flag("config.file", "The configuration file.").Default(Name + ".yml").StringVar(&f.ConfigFile)
	app.Flag("config.check", "Check the configuration file, print how fresh its batches can be kept, and exit.").BoolVar(&f.Check)
	app.Flag("config.check-live", "The same, and ask the API for every id of the file, within the rate budget.").BoolVar(&f.CheckLive)
	app.Flag("demo", "Run against a built-in simulator of the API; needs no configuration file and no credentials.").BoolVar(&f.Demo)
	app.Flag("persistence.file", "Keep what is known across restarts in this file; off when empty.").Default("").StringVar(&f.StateFile)
	app.Flag("persistence.interval", "Write that file at least this often; it is also written at the end.").Default("5m").DurationVar(&f.StateInterval)
	app.Flag("web.telemetry-path", "Path of the metrics.").Default("/metrics").StringVar(&f.MetricsPath)
	f.Web = kingpinflag.AddFlags(app, ":10062")
	app.Flag("log.level", "Log what is at least this important.").Default("info").EnumVar(&f.LogLevel, "debug", "info", "warn", "error")
	app.Flag("log.format", "Form of the log lines.").Default("logfmt").EnumVar(&f.LogFormat, "logfmt", "json")

	said := false
	app.UsageWriter(stdout).ErrorWriter(stderr).Terminate(func(int) { said = true })
	_, err = app.Parse(args)
	switch {
	case said:
		return f, false, nil
	case err != nil:
		return f, false, fmt.Errorf("%w, see --help", named(err, app, args))
	}
	if err := f.check(); err != nil {
		return f, false, err
	}
	return f, true, nil
}
