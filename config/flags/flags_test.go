package flags_test

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/config/flags"
)

// parse parses a valid command line.
func parse(t *testing.T, args ...string) flags.Flags {
	t.Helper()
	f, ok, err := flags.Parse(args, io.Discard, io.Discard)
	if !ok || err != nil {
		t.Fatalf("%v: %v, error %v", args, ok, err)
	}
	return f
}

// refuse parses an invalid command line and returns the error.
func refuse(t *testing.T, args ...string) string {
	t.Helper()
	_, ok, err := flags.Parse(args, io.Discard, io.Discard)
	if ok || err == nil {
		t.Fatalf("%v is accepted", args)
	}
	return err.Error()
}

// The error about an invalid value names its flag or variable.
func TestErrorsNameTheirFlag(t *testing.T) {
	const prefix = "ALIYUN_IOT_OTA_EXPORTER_"
	for name, c := range map[string]struct {
		args []string
		env  map[string]string // without the prefix
		want string
	}{
		"a duration without a unit":  {[]string{"--persistence.interval=5"}, nil, `--persistence.interval=5: time: missing unit in duration "5", see --help`},
		"two arguments":              {[]string{"--persistence.interval", "5"}, nil, `--persistence.interval=5: time: missing unit in duration "5", see --help`},
		"an empty duration":          {[]string{"--persistence.interval="}, nil, `--persistence.interval=: time: invalid duration "", see --help`},
		"no such level":              {[]string{"--log.level=DEBUG"}, nil, "--log.level=DEBUG: enum value must be one of debug,info,warn,error, got 'DEBUG', see --help"},
		"after valid flags":          {[]string{"--demo", "--log.level=warn", "--log.format=xml"}, nil, "--log.format=xml: enum value must be one of logfmt,json, got 'xml', see --help"},
		"a variable's duration":      {nil, map[string]string{"PERSISTENCE_INTERVAL": "abc"}, prefix + `PERSISTENCE_INTERVAL=abc: time: invalid duration "abc", see --help`},
		"a variable's switch":        {nil, map[string]string{"DEMO": "maybe"}, prefix + `DEMO=maybe: strconv.ParseBool: parsing "maybe": invalid syntax, see --help`},
		"a variable's level":         {nil, map[string]string{"LOG_LEVEL": "DEBUG"}, prefix + "LOG_LEVEL=DEBUG: enum value must be one of debug,info,warn,error, got 'DEBUG', see --help"},
		"a variable's switch of two": {[]string{"--config.check"}, map[string]string{"CONFIG_CHECK": "maybe", "DEMO": "maybe"}, prefix + `DEMO=maybe: strconv.ParseBool: parsing "maybe": invalid syntax, see --help`},
		"a variable and a flag":      {[]string{"--log.level=loud"}, map[string]string{"DEMO": "maybe"}, prefix + `DEMO=maybe: strconv.ParseBool: parsing "maybe": invalid syntax, see --help`},
		"a variable, unknown flag":   {[]string{"--nope"}, map[string]string{"DEMO": "maybe"}, prefix + `DEMO=maybe: strconv.ParseBool: parsing "maybe": invalid syntax, see --help`},
		"an unknown placeholder":     {[]string{"--web.grafana-url=https://g/{job}"}, nil, "--web.grafana-url=https://g/{job}: unknown placeholder {job}: want one of {account} {job_id} {iot_instance_id} {firmware_id}; write other braces as %7B and %7D, see --help"},
		"a variable's script URL":    {nil, map[string]string{"WEB_CONSOLE_URL": "javascript:alert(1)"}, prefix + "WEB_CONSOLE_URL=javascript:alert(1): want a URL such as https://grafana.example/d/batch?var-job_id={job_id}, which begins with http:// or https:// and a host, see --help"},
		"a shard in words":           {[]string{"--shard=first"}, nil, `--shard=first: strconv.ParseInt: parsing "first": invalid syntax, see --help`},
		"half a shard":               {[]string{"--shard=0.5"}, nil, `--shard=0.5: strconv.ParseInt: parsing "0.5": invalid syntax, see --help`},
		"a variable's shards":        {nil, map[string]string{"TOTAL_SHARDS": "two"}, prefix + `TOTAL_SHARDS=two: strconv.ParseInt: parsing "two": invalid syntax, see --help`},
		"an unknown flag":            {[]string{"--nope"}, nil, "unknown long flag '--nope', see --help"},
		"an unknown short flag":      {[]string{"-x"}, nil, "unknown short flag '-x', see --help"},
		"a flag without its value":   {[]string{"--config.file"}, nil, "expected argument for flag '--config.file', see --help"},
		"a flag twice":               {[]string{"--log.level=info", "--log.level=warn"}, nil, "flag 'log.level' cannot be repeated, see --help"},
		"an argument":                {[]string{"demo"}, nil, "unexpected demo, see --help"},
	} {
		t.Run(name, func(t *testing.T) {
			for variable, value := range c.env {
				t.Setenv(prefix+variable, value)
			}
			if got := refuse(t, c.args...); got != c.want {
				t.Errorf("the error is\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// A flag overrides its variable, even one with an invalid value.
func TestFlagOverridesAnInvalidVariable(t *testing.T) {
	t.Setenv("ALIYUN_IOT_OTA_EXPORTER_PERSISTENCE_INTERVAL", "abc")
	if f := parse(t, "--persistence.interval=1m"); f.StateInterval != time.Minute {
		t.Errorf("the interval is %v", f.StateInterval)
	}
}

func TestUnusableValues(t *testing.T) {
	for name, c := range map[string]struct{ args, want string }{
		"a zero interval":             {"--persistence.interval=0s", "--persistence.interval=0s: want 1ms or more, such as 5m"},
		"a negative interval":         {"--persistence.interval=-5m", "--persistence.interval=-5m0s: want 1ms or more, such as 5m"},
		"an interval of a nanosecond": {"--persistence.interval=1ns", "--persistence.interval=1ns: want 1ms or more, such as 5m"},
		"no configuration file":       {"--config.file=", "--config.file is empty: want the path of the configuration file"},
		"no shards":                   {"--total-shards=0", "--total-shards=0: want the number of exporters, 1 or more"},
		"a negative number of shards": {"--total-shards=-2 --shard=-3", "--total-shards=-2: want the number of exporters, 1 or more"},
		"too many shards":             {"--total-shards=2000000000", "--total-shards=2000000000: want at most 10000, the number of exporters"},
		"a shard of nothing":          {"--shard=1", "--shard=1: want 0, because --total-shards is 1; set both flags"},
		"shards counted from one":     {"--shard=3 --total-shards=3", "--shard=3: want a number from 0 to 2, because --total-shards is 3"},
		"a negative shard":            {"--shard=-1 --total-shards=3", "--shard=-1: want a number from 0 to 2, because --total-shards is 3"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := refuse(t, strings.Fields(c.args)...); got != c.want {
				t.Errorf("the error is\n%s\nwant\n%s", got, c.want)
			}
		})
	}
	parse(t, "--persistence.interval=1ms")
	parse(t, "--demo", "--config.file=") // the demo has no file
}

// The defaults are one exporter. A StatefulSet sets the variable from the number of the pod.
func TestShards(t *testing.T) {
	if f := parse(t); f.Shard != 0 || f.TotalShards != 1 {
		t.Errorf("by default shard %d of %d, want 0 of 1", f.Shard, f.TotalShards)
	}
	t.Setenv("ALIYUN_IOT_OTA_EXPORTER_SHARD", "2")
	t.Setenv("ALIYUN_IOT_OTA_EXPORTER_TOTAL_SHARDS", "3")
	if f := parse(t); f.Shard != 2 || f.TotalShards != 3 {
		t.Errorf("with variables shard %d of %d, want 2 of 3", f.Shard, f.TotalShards)
	}
	if f := parse(t, "--shard=9999", "--total-shards=10000"); f.Shard != 9999 || f.TotalShards != 10000 {
		t.Errorf("with flags shard %d of %d, want 9999 of 10000", f.Shard, f.TotalShards)
	}
}

// The state file must not be a configuration file under any path, because it would replace it.
func TestStateFileOfItsOwn(t *testing.T) {
	dir := t.TempDir()
	config := filepath.Join(dir, "config.yml")
	if err := os.WriteFile(config, []byte("accounts: []\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	symlink, hard := filepath.Join(dir, "symlink"), filepath.Join(dir, "hard")
	if err := os.Symlink(config, symlink); err != nil {
		t.Skip("no symlinks here:", err)
	}
	if err := os.Link(config, hard); err != nil {
		t.Fatal(err)
	}
	for name, state := range map[string]string{"the path": config, "another path": dir + "/./config.yml", "a symlink": symlink, "a hard link": hard} {
		t.Run(name, func(t *testing.T) {
			for _, flag := range []string{"--config.file", "--web.config.file"} {
				got := refuse(t, flag+"="+config, "--persistence.file="+state)
				if want := "--persistence.file=" + state + " is also the file of " + flag + ": "; !strings.HasPrefix(got, want) {
					t.Errorf("the error is %q, want the prefix %q", got, want)
				}
			}
		})
	}
	parse(t, "--config.file="+config, "--persistence.file="+filepath.Join(dir, "state"))
	parse(t, "--config.file="+config, "--persistence.file=") // off
}
