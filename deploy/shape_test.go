package deploy_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/promqlnames"
)

// The rules stay few and short.
func TestRulesAreSmall(t *testing.T) {
	recorded := 0
	for _, r := range rules(t) {
		if r.Record != "" {
			recorded++
		}
		if n := strings.Count(strings.TrimSpace(r.Expr), "\n") + 1; n > 15 {
			t.Errorf("%s: its expression has %d lines, more than 15", r, n)
		}
	}
	if recorded > 12 {
		t.Errorf("%d recording rules, more than 12: each costs series and time", recorded)
	}
}

// A rule that reads its own last result, or ALERTS, may never stop firing. A rule reads only
// the results of the rules above it.
func TestRulesAreStateless(t *testing.T) {
	var before []string
	for _, r := range rules(t) {
		names, err := promqlnames.In(r.Expr)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range names.Selectors {
			if strings.Contains(s.Metric, ":") && r.Record != "" && !slices.Contains(before, s.Metric) {
				t.Errorf("%s reads %s, which is not recorded before it", r, s.Metric)
			}
			if strings.HasPrefix(s.Metric, "ALERTS") {
				t.Errorf("%s reads %s", r, s.Metric)
			}
		}
		if r.Record != "" {
			before = append(before, r.Record)
		}
	}
}

// A `for` below Prometheus's --rules.alert.for-grace-period begins anew at its restart.
func TestForOutlastsARestart(t *testing.T) {
	for _, a := range alerts(t) {
		if a.For == "" {
			continue
		}
		d, err := model.ParseDuration(a.For)
		if err != nil || time.Duration(d) < 10*time.Minute {
			t.Errorf("%s: for: %s (%v), want at least 10m", a, a.For, err)
		}
	}
}

// An alert stays the same one when more becomes known about its batch, because its labels
// only identify. promtool's cases have all labels that an alert may have.
func TestLabelsOnlyIdentify(t *testing.T) {
	for name, cases := range tests(t) {
		for _, c := range cases {
			for _, at := range c.Alerts {
				for _, expected := range at.Expected {
					for label := range expected.Labels {
						identifies := []string{"account", "job_id", "severity"}
						if slices.Contains([]string{"OTAConfigReloadFailed", "OTAStateWriteFailing", "OTAExporterDown"}, at.Alertname) {
							identifies = append(identifies, "job", "instance")
						}
						if !slices.Contains(identifies, label) {
							t.Errorf("%s, %s: %s has the label %s", name, c.Name, at.Alertname, label)
						}
					}
				}
			}
		}
	}
}

// queried are the queries in texts of alerts.
var queried = regexp.MustCompile(`printf\s+"((?:[^"\\]|\\.)*)"`)

// value is where printf puts a label into a query.
var value = regexp.MustCompile(`%(?:\[\d\])?q`)

// What the texts look up exists, too.
func TestTextsLookUpWhatExists(t *testing.T) {
	v, n := vocabulary(t), 0
	for _, a := range alerts(t) {
		for _, text := range a.Annotations {
			for _, found := range queried.FindAllStringSubmatch(text, -1) {
				n++
				for _, complaint := range v.Complaints(value.ReplaceAllString(found[1], `"x"`)) {
					t.Errorf("%s: %s", a, complaint)
				}
			}
		}
	}
	if n < 20 {
		t.Errorf("only %d queries found: does the pattern still match?", n)
	}
}
