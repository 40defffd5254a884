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

// The error about an invalid value names its flag, and the variable if the value comes from one. It
// says what to write instead, in words that are not those of a parser of Go.
func TestErrorsNameTheirFlag(t *testing.T) {
	const prefix = "ALIYUN_IOT_OTA_EXPORTER_"
	for name, c := range map[string]struct {
		args, env string // separated by blanks; the variables are without the prefix
		want      string
	}{
		"a duration without a unit":               {"--persistence.interval=5", "", "--persistence.interval=5: want a duration: a number and its unit (ms, s, m or h), such as 5m"},
		"two arguments":                           {"--persistence.interval 5", "", "--persistence.interval=5: want a duration: a number and its unit (ms, s, m or h), such as 5m"},
		"an empty duration":                       {"--persistence.interval=", "", "--persistence.interval=: want a duration: a number and its unit (ms, s, m or h), such as 5m"},
		"a duration that is too long":             {"--persistence.interval=99999999h", "", "--persistence.interval=99999999h: want a duration: a number and its unit (ms, s, m or h), such as 5m"},
		"no such level":                           {"--log.level=DEBUG", "", "--log.level=DEBUG: want one of debug, info, warn, error"},
		"after valid flags":                       {"--demo --log.level=warn --log.format=xml", "", "--log.format=xml: want one of logfmt, json"},
		"a variable's duration":                   {"", "PERSISTENCE_INTERVAL=abc", "--persistence.interval=abc (from ALIYUN_IOT_OTA_EXPORTER_PERSISTENCE_INTERVAL): want a duration: a number and its unit (ms, s, m or h), such as 5m"},
		"a variable's switch":                     {"", "DEMO=maybe", "--demo=maybe (from ALIYUN_IOT_OTA_EXPORTER_DEMO): want true or false"},
		"a variable's switch of exporter-toolkit": {"", "WEB_SYSTEMD_SOCKET=on", "--web.systemd-socket=on (from ALIYUN_IOT_OTA_EXPORTER_WEB_SYSTEMD_SOCKET): want true or false"},
		"a variable's level":                      {"", "LOG_LEVEL=DEBUG", "--log.level=DEBUG (from ALIYUN_IOT_OTA_EXPORTER_LOG_LEVEL): want one of debug, info, warn, error"},
		"a variable with quotes":                  {"", "LOG_LEVEL=\"info\"", "--log.level=\"info\" (from ALIYUN_IOT_OTA_EXPORTER_LOG_LEVEL): want one of debug, info, warn, error; remove the quotes or blanks around it"},
		"a variable with a line end":              {"", "TOTAL_SHARDS=3\r", "--total-shards=3  (from ALIYUN_IOT_OTA_EXPORTER_TOTAL_SHARDS): want a whole number, such as 0 or 3; remove the quotes or blanks around it"},
		"a variable's switch of two":              {"--config.check", "CONFIG_CHECK=maybe DEMO=maybe", "--demo=maybe (from ALIYUN_IOT_OTA_EXPORTER_DEMO): want true or false"},
		"a variable and a flag":                   {"--log.level=loud", "DEMO=maybe", "--demo=maybe (from ALIYUN_IOT_OTA_EXPORTER_DEMO): want true or false"},
		"a variable, unknown flag":                {"--nope", "DEMO=maybe", "--demo=maybe (from ALIYUN_IOT_OTA_EXPORTER_DEMO): want true or false"},
		"an unknown placeholder":                  {"--web.grafana-url=https://g/{job}", "", "--web.grafana-url=https://g/{job}: unknown placeholder {job}: want one of {account} {job_id} {iot_instance_id} {firmware_id}; write other braces as %7B and %7D"},
		"a variable's script URL":                 {"", "WEB_CONSOLE_URL=javascript:alert(1)", "--web.console-url=javascript:alert(1) (from ALIYUN_IOT_OTA_EXPORTER_WEB_CONSOLE_URL): want a URL such as https://grafana.example/d/batch?var-job_id={job_id}, which begins with http:// or https:// and a host"},
		"a shard in words":                        {"--shard=first", "", "--shard=first: want a whole number, such as 0 or 3"},
		"half a shard":                            {"--shard=0.5", "", "--shard=0.5: want a whole number, such as 0 or 3"},
		"a hexadecimal shard":                     {"--shard=0x1", "", "--shard=0x1: want a whole number, such as 0 or 3"},
		"a full-width digit":                      {"--shard=１", "", "--shard=１: want a whole number, such as 0 or 3"},
		"a shard of 64 bits":                      {"--shard=99999999999", "", "--shard=99999999999: want a smaller number"},
		"a variable's shards":                     {"", "TOTAL_SHARDS=two", "--total-shards=two (from ALIYUN_IOT_OTA_EXPORTER_TOTAL_SHARDS): want a whole number, such as 0 or 3"},
		"a variable out of range":                 {"", "SHARD=5 TOTAL_SHARDS=3", "--shard=5 (from ALIYUN_IOT_OTA_EXPORTER_SHARD): want a number from 0 to 2, because --total-shards=3 (from ALIYUN_IOT_OTA_EXPORTER_TOTAL_SHARDS)"},
		"a variable and a flag out of range":      {"--total-shards=3", "SHARD=3", "--shard=3 (from ALIYUN_IOT_OTA_EXPORTER_SHARD): want a number from 0 to 2, because --total-shards=3"},
		"a variable's short interval":             {"", "PERSISTENCE_INTERVAL=0s", "--persistence.interval=0s (from ALIYUN_IOT_OTA_EXPORTER_PERSISTENCE_INTERVAL): want 1ms or more, such as 5m"},
		"an unknown flag":                         {"--nope", "", "unknown flag --nope; see --help"},
		"a dash instead of a dot":                 {"--config-file=x", "", "unknown flag --config-file; did you mean --config.file?"},
		"capitals and an underscore":              {"--Log_Level=info", "", "unknown flag --Log_Level; did you mean --log.level?"},
		"the end of a flag":                       {"--listen-address=:1", "", "unknown flag --listen-address; did you mean --web.listen-address?"},
		"a part of two flags":                     {"--config.check.live", "", "unknown flag --config.check.live; did you mean --config.check-live?"},
		"a part of three flags":                   {"--config", "", "unknown flag --config; did you mean --config.file or --config.check or --config.check-live?"},
		"a flag that is no switch":                {"--no-log.level", "", "unknown flag --no-log.level; see --help"},
		"one dash":                                {"-demo", "", "unknown flag -demo, and flags have two dashes; did you mean --demo?"},
		"one dash and a value":                    {"-config.file=x", "", "unknown flag -config.file, and flags have two dashes; did you mean --config.file?"},
		"an unknown short flag":                   {"-x", "", "unknown flag -x, and flags have two dashes; see --help"},
		"a dash of a word processor":              {"—demo", "", "unexpected argument \"—demo\" begins with the dash U+2014 '—'; write two ASCII dashes (-) in front of the name of a flag"},
		"full-width dashes":                       {"－－demo", "", "unexpected argument \"－－demo\" begins with the dash U+FF0D '－'; write two ASCII dashes (-) in front of the name of a flag"},
		"a flag without its value":                {"--config.file", "", "--config.file has no value; write --config.file=VALUE"},
		"a flag instead of a value":               {"--config.file --demo", "", "--config.file has no value; write --config.file=VALUE"},
		"a flag twice":                            {"--log.level=info --log.level=warn", "", "--log.level is given more than once; keep one"},
		"a switch and its opposite":               {"--demo --no-demo", "", "--demo is given more than once; keep one"},
		"a switch with a value":                   {"--demo=true", "", "unexpected \"true\" after --demo, which takes no value; write --demo or --no-demo"},
		"a switch before a value":                 {"--config.check false", "", "unexpected \"false\" after --config.check, which takes no value; write --config.check or --no-config.check"},
		"an argument":                             {"demo", "", "unexpected argument \"demo\"; did you mean --demo?"},
		"a file":                                  {"/etc/ota.yml", "", "unexpected argument \"/etc/ota.yml\"; did you mean --config.file=/etc/ota.yml?"},
		"an argument like nothing":                {"serve", "", "unexpected argument \"serve\"; see --help"},
		"a single dash":                           {"-", "", "unexpected empty argument or single dash; remove it"},
		"a file of arguments":                     {"@missing", "", "failed to open arguments file \"missing\": open missing: no such file or directory"},
	} {
		t.Run(name, func(t *testing.T) {
			for variable := range strings.SplitSeq(c.env, " ") {
				name, value, _ := strings.Cut(variable, "=")
				t.Setenv(prefix+name, value)
			}
			if got := refuse(t, strings.Fields(c.args)...); got != c.want {
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
		"a shard of nothing":          {"--shard=1", "--shard=1: want 0, because --total-shards=1; set both flags"},
		"shards counted from one":     {"--shard=3 --total-shards=3", "--shard=3: want a number from 0 to 2, because --total-shards=3"},
		"a negative shard":            {"--shard=-1 --total-shards=3", "--shard=-1: want a number from 0 to 2, because --total-shards=3"},
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
