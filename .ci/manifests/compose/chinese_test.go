package compose_test

import (
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"
)

// With compose.zh-CN.yml, Prometheus has the Chinese alerts in the place of the English ones,
// and Grafana the Chinese dashboards. Everything else stays.
func TestChineseStack(t *testing.T) {
	stack, err := load(t, nil, "compose.yml", "compose.zh-CN.yml")
	if err != nil {
		t.Fatal(err)
	}
	for service, want := range map[string]map[string]string{
		"prometheus": {
			"/etc/prometheus/prometheus.yml":            prometheusFile,
			"/etc/prometheus/rules":                     "deploy/prometheus",
			"/etc/prometheus/rules/alerts.rules.yml":    "deploy/prometheus/zh-CN/alerts.rules.yml",
			"/etc/prometheus/rules/recording.rules.yml": "deploy/prometheus/recording.rules.yml",
		},
		"grafana": {
			"/etc/grafana/dashboards":                          "deploy/grafana/zh-CN",
			"/etc/grafana/provisioning/dashboards/compose.yml": "deploy/compose/grafana/dashboards.zh-CN.yml",
		},
	} {
		for inside, file := range want {
			if got := mounted(t, stack.Services[service], inside); got != file {
				t.Errorf("%s: %s is %s, want %s", service, inside, got, file)
			}
		}
	}
	for _, file := range []string{"alerts.rules.yml", "recording.rules.yml"} {
		read(t, "deploy/prometheus/"+file) // what is mounted over a file of a read-only folder needs that file
	}
	if n := len(matches(t, "deploy/grafana/zh-CN/*.json")); n != len(matches(t, "dashboards/*.json")) {
		t.Errorf("%d Chinese dashboards", n)
	}
}

// The Chinese provider of dashboards differs from the English one in the folder's title.
func TestChineseDashboardProvider(t *testing.T) {
	en, zh := read(t, "deploy/compose/grafana/dashboards.yml"), read(t, "deploy/compose/grafana/dashboards.zh-CN.yml")
	if want := strings.Replace(en, "folder: Firmware rollouts", "folder: 固件升级", 1); zh != want || zh == en {
		t.Errorf("the Chinese provider is\n%s\nwant\n%s", zh, want)
	}
}

// mounted is like outside, but of nested mounts the innermost counts, as in a container.
func mounted(t *testing.T, s types.ServiceConfig, inside string) string {
	t.Helper()
	for _, v := range s.Volumes {
		if v.Target == inside {
			return relative(t, v.Source)
		}
	}
	return outside(t, s, inside)
}
