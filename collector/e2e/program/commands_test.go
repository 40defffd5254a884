package program_test

import (
	"net"
	"regexp"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/exportertest"
)

// The output of commands that only print goes to stdout, and contains no secret.
func TestCommandsThatOnlyPrint(t *testing.T) {
	good := exportertest.TempFile(t, "good.yml", exportertest.SmallestConfig)
	for name, c := range map[string]struct {
		args []string
		want []string // parts of stdout
	}{
		"help":                 {[]string{"--help"}, []string{"usage: aliyun_iot_ota_exporter", "--config.file", "--web.listen-address"}},
		"help by one letter":   {[]string{"-h"}, []string{"usage: aliyun_iot_ota_exporter"}},
		"version":              {[]string{"--version"}, []string{"aliyun_iot_ota_exporter, version"}},
		"check of a good file": {[]string{"--config.check", "--config.file=" + good}, []string{"The configuration is valid", "production"}},
		"check of the demo":    {[]string{"--config.check", "--demo"}, []string{"The configuration is valid", "partner"}},
	} {
		t.Run(name, func(t *testing.T) {
			stdout, _, err := exportertest.Run(t, c.args...)
			if err != nil {
				t.Fatal(err)
			}
			exportertest.WantIn(t, stdout, c.want...)
			if strings.Contains(stdout, "do-not-show") {
				t.Errorf("the secret is in\n%s", stdout)
			}
		})
	}
}

// startLines matches the log lines with the program and its version.
var startLines = regexp.MustCompile(`(?m)^ts=\S+ level=info caller=\S+ msg="(Starting aliyun_iot_ota_exporter|Build context)" .*\n`)

// If the exporter cannot start, Run returns one error that says what is wrong and where.
// Apart from the start lines it prints nothing, because main prints the error.
func TestCommandsThatCannotRun(t *testing.T) {
	good := "--config.file=" + exportertest.TempFile(t, "good.yml", exportertest.SmallestConfig)
	bad := "--config.file=" + exportertest.TempFile(t, "bad.yml", "polling: {interval: 15}\naccounts:\n  - naem: production\n    requests_per_second: 11\n")
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()

	withoutFile := []string{"load config: open missing.yml: no such file", "; copy deploy/config.example.yml to /", "/missing.yml, or name another file with --config.file; --demo needs no file"}
	// All mistakes in a file are reported at once.
	badLines := []string{"bad.yml:\n", "line 1: polling.interval: ", "line 3: accounts[0].naem: ", "line 4: accounts[0].requests_per_second: "}
	for name, c := range map[string]struct {
		args []string
		want []string // parts of the error
	}{
		"an unknown flag":           {[]string{"--nope"}, []string{"unknown flag --nope; see --help"}},
		"an argument":               {[]string{"demo"}, []string{"unexpected argument \"demo\"; did you mean --demo?"}},
		"an unknown log level":      {[]string{"--log.level=loud"}, []string{"--log.level=loud: want one of debug, info, warn, error"}},
		"a missing file":            {[]string{"--config.file=missing.yml"}, withoutFile},
		"a missing file, checked":   {[]string{"--config.check", "--config.file=missing.yml"}, withoutFile},
		"a missing file, live":      {[]string{"--config.check-live", "--config.file=missing.yml"}, withoutFile},
		"a mistyped file":           {[]string{strings.TrimSuffix(good, ".yml") + ".yaml"}, []string{"; did you mean ", "good.yml, in --config.file?"}},
		"a file in quotes":          {[]string{strings.Replace(good, "=", "=\"", 1) + "\""}, []string{"; did you mean ", "good.yml, in --config.file?"}},
		"standard input as a dash":  {[]string{"--config.file=-"}, []string{"for standard input write --config.file=/dev/stdin"}},
		"an address with a blank":   {[]string{good, "--web.listen-address=:10062 "}, []string{"--web.listen-address=:10062 : remove the quotes and blanks"}},
		"two addresses in one flag": {[]string{good, "--web.listen-address=:10062 :10063"}, []string{"want one address; repeat the flag for each address"}},
		"a folder":                  {[]string{"--config.file=."}, []string{"load config: read .: is a directory; want the path of the file in it", "the file to mount does not exist"}},
		"a bad file":                {[]string{bad, exportertest.AnyPort}, badLines},
		"a bad file, checked":       {[]string{bad, "--config.check"}, badLines},
		"an address in use":         {[]string{good, "--web.listen-address=" + taken.Addr().String()}, []string{"--web.listen-address=" + taken.Addr().String(), "in use; stop the other program, or choose another port"}},
		"an invalid address":        {[]string{good, "--web.listen-address=nowhere"}, []string{"--web.listen-address=nowhere: "}},
		"a relative path":           {[]string{good, "--web.telemetry-path=metrics"}, []string{"--web.telemetry-path=metrics: want a path"}},
		"a path in use":             {[]string{good, "--web.telemetry-path=/-/ready"}, []string{"--web.telemetry-path=/-/ready: other pages"}},
		"a path that is not clean":  {[]string{good, "--web.telemetry-path=/a/../b"}, []string{"--web.telemetry-path=/a/../b: want a path"}},
		"no address":                {[]string{good, "--web.listen-address="}, []string{"--web.listen-address=: the port is missing; want an address such as :10062"}},
		"a host without a port":     {[]string{good, "--web.listen-address=127.0.0.1:"}, []string{"--web.listen-address=127.0.0.1:: the port is missing"}},
		"a bad interval":            {[]string{good, "--persistence.interval=5"}, []string{"--persistence.interval=5: want a duration"}},
	} {
		t.Run(name, func(t *testing.T) {
			stdout, stderr, err := exportertest.Run(t, c.args...)
			if err == nil {
				t.Fatal("no error")
			}
			exportertest.WantIn(t, err.Error(), c.want...)
			if stderr = startLines.ReplaceAllString(stderr, ""); stdout != "" || stderr != "" {
				t.Errorf("stdout %q, stderr %q, want both empty", stdout, stderr)
			}
		})
	}
}

// --config.check-live fails if an account cannot be polled, so that a script can tell by
// the exit code.
func TestCheckLive(t *testing.T) {
	t.Run("the API answers", func(t *testing.T) {
		config := exportertest.NewAPI(t).Config("job1")
		stdout, _, err := exportertest.Run(t, "--config.check-live", "--config.file="+exportertest.TempFile(t, "config.yml", config))
		if err != nil || !strings.Contains(stdout, "The configuration is valid") || !strings.Contains(stdout, "ok") {
			t.Errorf("error %v, stdout\n%s", err, stdout)
		}
	})
	t.Run("nothing listens", func(t *testing.T) {
		stdout, _, err := exportertest.Run(t, "--config.check-live", "--config.file="+exportertest.TempFile(t, "config.yml", exportertest.SmallestConfig))
		if err == nil || !strings.Contains(stdout, "transport") || strings.Contains(stdout, "do-not-show") {
			t.Errorf("error %v, stdout\n%s", err, stdout)
		}
	})
}

// Flags can be set by environment variables. To see that the one of --log.level works, the
// test uses a configuration with an unknown region, which causes a warning.
func TestFlagsFromTheEnvironment(t *testing.T) {
	warned := "--config.file=" + exportertest.TempFile(t, "warned.yml", strings.Replace(exportertest.SmallestConfig, "endpoint: http://127.0.0.1:9", "region: mars-north-1", 1))
	t.Run("a variable sets a flag", func(t *testing.T) {
		if _, stderr, err := exportertest.Run(t, warned, "--config.check"); err != nil || !strings.Contains(stderr, "unknown region") {
			t.Fatalf("error %v, stderr %q, want a warning", err, stderr)
		}
		t.Setenv("ALIYUN_IOT_OTA_EXPORTER_LOG_LEVEL", "error")
		if _, stderr, err := exportertest.Run(t, warned, "--config.check"); err != nil || stderr != "" {
			t.Fatalf("error %v, stderr %q, want no warning", err, stderr)
		}
	})
	t.Run("the command line overrides variables", func(t *testing.T) {
		t.Setenv("ALIYUN_IOT_OTA_EXPORTER_CONFIG_FILE", "missing.yml")
		if _, _, err := exportertest.Run(t, warned, "--config.check"); err != nil {
			t.Fatal(err)
		}
	})
	t.Run("there are no variables for help and version", func(t *testing.T) {
		// Images and unit files set variables with such names for other reasons.
		t.Setenv("ALIYUN_IOT_OTA_EXPORTER_VERSION", "1.2.3")
		t.Setenv("ALIYUN_IOT_OTA_EXPORTER_HELP", "https://example.com")
		if stdout, _, err := exportertest.Run(t, warned, "--config.check"); err != nil || !strings.Contains(stdout, "The configuration is valid") {
			t.Fatalf("error %v, stdout %q, want the check", err, stdout)
		}
	})
}
