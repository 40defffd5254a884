package flags_test

import (
	"bytes"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/config/flags"
)

// samples are valid values of all flags, "" for those without a value.
var samples = map[string]string{
	"config.file": "a.yml", "config.check": "", "config.check-live": "", "shard": "0", "total-shards": "2", "demo": "",
	"persistence.file": "state", "persistence.interval": "1m", "web.telemetry-path": "/m", "web.grafana-url": "https://g/", "web.console-url": "https://c/",
	"web.systemd-socket": "", "web.listen-address": ":1", "web.config.file": "web.yml", "log.level": "warn", "log.format": "json",
}

func sample(name string) string {
	if value := samples[name]; value != "" {
		return "--" + name + "=" + value
	}
	return "--" + name
}

// Any two flags can be combined, in either order, except those of which one would have no effect.
func TestEveryPairOfFlags(t *testing.T) {
	refused := map[[2]string]string{
		{"config.file", "demo"}:                      "--config.file has no effect with --demo: the demo has a configuration of its own; remove one of the two",
		{"web.listen-address", "web.systemd-socket"}: "--web.listen-address has no effect with --web.systemd-socket: the socket unit of systemd has the addresses; remove one of the two",
	}
	warned := func(first, second string) (all []string) {
		if has(first, second, "persistence.interval") && !has(first, second, "persistence.file") {
			all = append(all, "--persistence.interval has no effect without --persistence.file")
		}
		if has(first, second, "total-shards") && !has(first, second, "shard") {
			all = append(all, "--total-shards without --shard: this is shard 0")
		}
		return all
	}
	for _, first := range names(t) {
		for _, second := range names(t) {
			if first == second {
				continue
			}
			f, ok, err := flags.Parse([]string{sample(first), sample(second)}, io.Discard, io.Discard)
			pair := []string{first, second}
			slices.Sort(pair)
			if want := refused[[2]string(pair)]; want != "" {
				if err == nil || err.Error() != want {
					t.Errorf("%v: error %v, want %s", pair, err, want)
				}
				continue
			}
			if !ok || err != nil {
				t.Errorf("%v: error %v", pair, err)
			}
			if want := warned(first, second); !slices.Equal(f.Warnings, want) {
				t.Errorf("%v: warnings %q, want %q", pair, f.Warnings, want)
			}
		}
	}
}

func has(first, second, name string) bool { return first == name || second == name }

// names returns the names of all flags, from the help. Each needs a sample.
func names(t *testing.T) (all []string) {
	t.Setenv("COLUMNS", "10000") // no text is wrapped
	var help bytes.Buffer
	if _, _, err := flags.Parse([]string{"--help"}, &help, io.Discard); err != nil {
		t.Fatal(err)
	}
	for _, found := range regexp.MustCompile(`(?m)^ +--(?:\[no-\])?([\w.-]+)`).FindAllStringSubmatch(help.String(), -1) {
		if found[1] == "version" {
			continue
		}
		if _, ok := samples[found[1]]; !ok {
			t.Fatalf("no sample value of --%s", found[1])
		}
		all = append(all, found[1])
	}
	if len(all) != len(samples) {
		t.Fatalf("the help has %q, but there are %d samples", all, len(samples))
	}
	return all
}

// Environment variables contradict flags too, and the error names them. A flag can take back
// what a variable asks for.
func TestContradictingVariables(t *testing.T) {
	t.Setenv("ALIYUN_IOT_OTA_EXPORTER_CONFIG_FILE", "a.yml")
	got := refuse(t, "--demo")
	if want := "--config.file (from ALIYUN_IOT_OTA_EXPORTER_CONFIG_FILE) has no effect with --demo: "; !strings.HasPrefix(got, want) {
		t.Errorf("the error is %q, want the prefix %q", got, want)
	}
	parse(t, "--demo", "--config.file=")
	t.Setenv("ALIYUN_IOT_OTA_EXPORTER_DEMO", "true")
	got = refuse(t, "--config.file=b.yml")
	if want := "--config.file has no effect with --demo (from ALIYUN_IOT_OTA_EXPORTER_DEMO): "; !strings.HasPrefix(got, want) {
		t.Errorf("the error is %q, want the prefix %q", got, want)
	}
	if f := parse(t, "--config.file=b.yml", "--no-demo"); f.ConfigFile != "b.yml" || f.Demo {
		t.Errorf("%+v", f)
	}
}

// A misspelt environment variable gives a warning. Those that Kubernetes sets for a Service do not.
func TestMisspeltVariables(t *testing.T) {
	for name, want := range map[string]string{
		"TOTAL_SHARD": "TOTAL_SHARDS", "LOGLEVEL": "LOG_LEVEL", "CONFIG__FILE": "CONFIG_FILE", "DEMOS": "DEMO",
		"SERVICE_HOST": "", "SERVICE_PORT": "", "SERVICE_PORT_HTTP": "", "PORT": "", "PORT_10062_TCP": "", "PORT_10062_TCP_PROTO": "", "PORT_10062_TCP_ADDR": "", "VERSION": "", "HELP": "",
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("ALIYUN_IOT_OTA_EXPORTER_"+name, "1")
			warnings := parse(t).Warnings
			if want == "" && len(warnings) == 0 {
				return
			}
			whole := "the environment variable ALIYUN_IOT_OTA_EXPORTER_" + name + " has no effect; did you mean ALIYUN_IOT_OTA_EXPORTER_" + want + "?"
			if want == "" || len(warnings) != 1 || warnings[0] != whole {
				t.Errorf("warnings %q, want one for %q", warnings, want)
			}
		})
	}
}
