package deploy_test

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/promqlnames"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/repository"
)

// Every metric, label and label value that a rule, a runbook or a document names exists. So
// do those of the test cases: a case about a series that cannot be proves nothing.
func TestExpressionsNameWhatExists(t *testing.T) {
	v := vocabulary(t)
	for _, r := range rules(t) {
		for _, complaint := range v.Complaints(r.Expr) {
			t.Errorf("%s: %s", r, complaint)
		}
	}
	for _, page := range slices.Concat(files(t, "runbooks/*.md"), files(t, "docs/*.md")) {
		for _, expr := range blocks(t, page, "promql") {
			for _, complaint := range v.Complaints(expr) {
				t.Errorf("%s: %s in\n%s", page, complaint, expr)
			}
		}
	}
	open := promqlnames.Vocabulary{Labels: v.Labels} // a case may be about a value that nobody knows yet
	for alert, cases := range tests(t) {
		for _, c := range cases {
			for _, input := range c.InputSeries {
				for _, complaint := range open.Complaints(input.Series) {
					t.Errorf("test of %s, %s: %s", alert, c.Name, complaint)
				}
			}
		}
	}
}

// vocabulary is that of the exporter, and what the rules make of it.
func vocabulary(t *testing.T) promqlnames.Vocabulary {
	t.Helper()
	v, err := promqlnames.Exporter("..")
	if err != nil {
		t.Fatal(err)
	}
	// Rules may keep any label. promtool's cases check which.
	all := slices.Concat(slices.Collect(maps.Values(v.Labels))...)
	v.Add("ALERTS", append(all, "alertname", "alertstate", "severity")...)
	v.Values["alertstate"] = []string{"pending", "firing"}
	for _, r := range rules(t) {
		if r.Record != "" {
			v.Add(r.Record, all...)
		} else {
			v.Values["alertname"] = append(v.Values["alertname"], r.Alert)
			v.Values["severity"] = append(v.Values["severity"], r.Labels["severity"])
		}
	}
	return v
}

// Prometheus itself accepts the rules, and they do what their cases say.
func TestPromtool(t *testing.T) {
	promtool := repository.Tool(t, "promtool")
	run(t, promtool, append([]string{"check", "rules", "--lint=all", "--lint-fatal"}, files(t, "prometheus/*.rules.yml")...)...)
	run(t, promtool, append([]string{"check", "rules", "--lint=all", "--lint-fatal"}, files(t, "prometheus/zh-CN/*.rules.yml")...)...)
	for _, file := range files(t, "prometheus/tests/*.yml") {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yml"), func(t *testing.T) {
			t.Parallel()
			run(t, promtool, "test", "rules", file)
		})
	}
}

// Each severity reaches the people that alertmanager.yml has for it.
func TestAmtool(t *testing.T) {
	amtool := repository.Tool(t, "amtool")
	const file = "alertmanager/alertmanager.yml"
	run(t, amtool, "check-config", file)
	for severity, receiver := range map[string]string{"critical": "on-call", "warning": "working-day", "info": "to-know"} {
		run(t, amtool, "config", "routes", "test", "--config.file="+file, "--verify.receivers="+receiver, "severity="+severity)
	}
}
