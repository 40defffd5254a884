package deploy_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/promqlnames"
)

// Every metric, label and label value that an expression names exists.
func TestExpressionsNameWhatExists(t *testing.T) {
	v := knownNames(t)
	for _, r := range rules(t) {
		for _, complaint := range v.complaints(r.Expr) {
			t.Errorf("%s: %s", r, complaint)
		}
	}
	for _, runbook := range files(t, "runbooks/*.md") {
		for _, found := range regexp.MustCompile("(?s)\n```promql\n(.*?)```\n").FindAllStringSubmatch(read(t, runbook), -1) {
			for _, complaint := range v.complaints(found[1]) {
				t.Errorf("%s: %s in\n%s", runbook, complaint, found[1])
			}
		}
	}
	// A test on a series that cannot be proves nothing.
	for alert, cases := range tests(t) {
		for _, c := range cases {
			for _, input := range c.InputSeries {
				names, err := promqlnames.In(input.Series)
				if err != nil {
					t.Errorf("test of %s, %s: %v", alert, c.Name, err)
				}
				for _, s := range names.Selectors {
					labels, known := v.labels[s.Metric]
					if !known {
						t.Errorf("test of %s, %s: there is no metric %s", alert, c.Name, s.Metric)
					}
					for _, m := range s.Matchers {
						if !slices.Contains(labels, m.Name) {
							t.Errorf("test of %s, %s: %s has no label %s", alert, c.Name, s.Metric, m.Name)
						}
					}
				}
			}
		}
	}
}

// knownNames are all that a scrape can show, by the tables of the README,
// which are made from the code; what Prometheus adds; and what the rules make
// of it.
func knownNames(t *testing.T) vocabulary {
	t.Helper()
	v := vocabulary{labels: make(map[string][]string), values: make(map[string][]string)}
	add := func(metric string, labels []string, more ...string) {
		v.labels[metric] = slices.Concat(labels, more, []string{"job", "instance"})
	}
	quoted := regexp.MustCompile("`([^`]+)`")
	rows := regexp.MustCompile("(?m)^\\| `(aliyun_iot_ota_\\w+)` \\| (\\w+) \\| ([^|]*) \\|").FindAllStringSubmatch(read(t, "../README.md"), -1)
	if len(rows) < 30 {
		t.Fatalf("the README has a table of %d metrics", len(rows))
	}
	var all []string
	for _, row := range rows {
		metric, kind := row[1], row[2]
		var labels []string
		for _, found := range quoted.FindAllStringSubmatch(row[3], -1) {
			labels = append(labels, found[1])
		}
		if !strings.HasPrefix(metric, "aliyun_iot_ota_exporter_") {
			labels = append(labels, "account", "job_id")
		}
		all = append(all, labels...)
		add(metric, labels)
		if kind == "histogram" {
			add(metric+"_bucket", labels, "le")
			add(metric+"_sum", labels)
			add(metric+"_count", labels)
		}
	}
	add("up", nil)
	add("process_start_time_seconds", nil)
	add("ALERTS", all, "alertname", "alertstate", "severity")
	for _, r := range rules(t) {
		if r.Record != "" {
			add(r.Record, all)
		} else {
			v.values["alertname"] = append(v.values["alertname"], r.Alert)
			v.values["severity"] = append(v.values["severity"], r.Labels["severity"])
		}
	}
	v.values["alertstate"] = []string{"pending", "firing"}
	v.values["status"] = aliyun.Statuses
	v.values["task_status"] = aliyun.TaskStatuses
	v.values["operation"] = aliyun.Operations
	for _, class := range aliyun.Classes {
		v.values["class"] = append(v.values["class"], string(class))
	}
	v.values["result"] = append([]string{"success"}, v.values["class"]...)
	for _, origin := range collector.Origins {
		v.values["origin"] = append(v.values["origin"], string(origin))
	}
	// The code has no list of these; the golden files have each of them.
	for _, golden := range files(t, "../collector/testdata/golden/*.prom") {
		for _, found := range regexp.MustCompile(`\b(basis|job_type|selection_type)="([^"]*)"`).FindAllStringSubmatch(read(t, golden), -1) {
			v.values[found[1]] = append(v.values[found[1]], found[2])
		}
	}
	return v
}
