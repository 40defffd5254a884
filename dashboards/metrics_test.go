package dashboards_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/promqlnames"
)

// foreign are metrics that are not the exporter's own: Prometheus's about a
// target, and the Go client library's.
var foreign = []string{
	"up", "scrape_duration_seconds",
	"process_cpu_seconds_total", "process_open_fds", "process_resident_memory_bytes", "process_start_time_seconds",
	"go_goroutines", "go_memstats_heap_inuse_bytes",
}

// values of the labels that have a fixed set.
func values() map[string][]string {
	classes := []string{"success"}
	for _, class := range aliyun.Classes {
		classes = append(classes, string(class))
	}
	return map[string][]string{
		"status":         aliyun.Statuses,
		"task_status":    aliyun.TaskStatuses,
		"class":          classes[1:],
		"result":         classes,
		"job_type":       {"VERIFY_FIRMWARE", "UPGRADE_FIRMWARE"},
		"selection_type": {"STATIC", "DYNAMIC"},
		"basis":          {"schedule_finish", "settings", "default"},
		"origin":         {"configured", "discovered"},
	}
}

// documented are the metrics of the README with their labels. Other tests hold
// those tables to the code.
func documented(t *testing.T) map[string][]string {
	t.Helper()
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	labels := map[string][]string{}
	for _, found := range regexp.MustCompile("(?m)^\\| `(aliyun_iot_ota_\\w+)` \\| (\\w+) \\| (.*?) \\|").FindAllStringSubmatch(string(readme), -1) {
		has := []string{"job", "instance"}
		for _, label := range regexp.MustCompile("`(\\w+)`").FindAllStringSubmatch(found[3], -1) {
			has = append(has, label[1])
		}
		if strings.HasPrefix(found[1], "aliyun_iot_ota_job_") {
			has = append(has, "account", "job_id")
		}
		if found[2] == "histogram" {
			labels[found[1]+"_bucket"] = append(slices.Clone(has), "le")
			labels[found[1]+"_sum"], labels[found[1]+"_count"] = has, has
			continue
		}
		labels[found[1]] = has
	}
	if len(labels) < 20 {
		t.Fatalf("the README has but %d metrics", len(labels))
	}
	for _, metric := range foreign {
		labels[metric] = []string{"job", "instance"}
	}
	return labels
}

func TestMetricsExist(t *testing.T) {
	metrics := documented(t)
	for file, d := range load(t) {
		t.Run(file, func(t *testing.T) {
			for _, v := range d.Templating.List {
				if v.Type == "query" {
					for _, problem := range problems(v.promQL(), nil, metrics) {
						t.Errorf("variable %s: %s", v.Name, problem)
					}
				}
			}
			for _, p := range d.Panels {
				for _, q := range p.Targets {
					for _, problem := range problems(q.Expr, legendLabels(q.LegendFormat), metrics) {
						t.Errorf("%s, query %s: %s", p.Title, q.RefID, problem)
					}
				}
			}
		})
	}
}

// problems of a query: what it names and there is not. Labels that it groups by
// or shows have to be on any of its metrics, or be made by it.
func problems(expr string, shown []string, metrics map[string][]string) (all []string) {
	tell := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	fixed := values()
	names, err := promqlnames.In(substitute(expr, ""))
	if err != nil {
		return []string{err.Error()}
	}
	if len(names.Selectors) == 0 {
		tell("no metric in %s", expr)
	}
	present := slices.Clone(names.Made)
	for _, s := range names.Selectors {
		labels, known := metrics[s.Metric]
		if !known {
			tell("the exporter has no metric %s", s.Metric)
			continue
		}
		present = append(present, labels...)
		for _, m := range s.Matchers {
			if !slices.Contains(labels, m.Name) {
				tell("%s has no label %s", s.Metric, m.Name)
			}
			allowed, is := fixed[m.Name]
			for _, value := range promqlnames.Values(m) {
				if is && value != "" && !strings.HasPrefix(value, "$") && !slices.Contains(allowed, value) {
					tell("%s of %s is never %q", m.Name, s.Metric, value)
				}
			}
		}
	}
	for _, label := range slices.Concat(names.Labels, shown) {
		if !slices.Contains(present, label) {
			tell("label %s is on no metric in it", label)
		}
	}
	return all
}

func legendLabels(format string) (labels []string) {
	for _, found := range regexp.MustCompile(`\{\{\s*(\w+)\s*\}\}`).FindAllStringSubmatch(format, -1) {
		labels = append(labels, found[1])
	}
	return labels
}

var (
	labelValues = regexp.MustCompile(`^label_values\((.+), *(\w+)\)$`)
	queryResult = regexp.MustCompile(`^query_result\((.+)\)$`)
)

// promQL is the variable's query without Grafana's function around it.
func (v variable) promQL() string {
	if found := labelValues.FindStringSubmatch(v.text()); found != nil {
		return "group by (" + found[2] + ") (" + found[1] + ")"
	}
	if found := queryResult.FindStringSubmatch(v.text()); found != nil {
		return found[1]
	}
	return v.text()
}

// The checks above are as good as what they find in a query.
func TestCheckFinds(t *testing.T) {
	metrics := map[string][]string{"aliyun_iot_ota_job_status": {"account", "job_id", "status"}, "up": {"job"}}
	for name, c := range map[string]struct {
		expr  string
		shown []string
		bad   bool
	}{
		"nothing wrong":                       {expr: `sum by (status) (aliyun_iot_ota_job_status{status="PLANNED"} == 1 and on (job) up)`, shown: []string{"status"}},
		"a label that the query makes":        {expr: `max by (x) (label_replace(up, "x", "y", "job", "(.*)"))`},
		"a metric that does not exist":        {expr: `sum(aliyun_iot_ota_job_statuses)`, bad: true},
		"a metric behind a range":             {expr: `rate(upp[5m])`, bad: true},
		"a label that does not exist":         {expr: `up{instances="a"}`, bad: true},
		"a value that does not exist":         {expr: `aliyun_iot_ota_job_status{status=~"PLANNED|RUNNING"}`, bad: true},
		"grouping by no label":                {expr: `sum by (job, basis) (up)`, bad: true},
		"joining on no label":                 {expr: `up and on (basis) up`, bad: true},
		"group_left of no label":              {expr: `up * on (job) group_left (name) up`, bad: true},
		"copying no label":                    {expr: `label_replace(up, "x", "$1", "name", "(.*)")`, bad: true},
		"joining no label":                    {expr: `label_join(up, "x", "-", "job", "name")`, bad: true},
		"a legend of no label":                {expr: `up`, shown: []string{"name"}, bad: true},
		"no PromQL":                           {expr: `sum by (job) (up`, bad: true},
		"no metric at all":                    {expr: `vector(1)`, bad: true},
		"a brace and a parenthesis in a text": {expr: `up{job="a}b)c"} and on (basis) up`, bad: true},
	} {
		t.Run(name, func(t *testing.T) {
			if got := problems(c.expr, c.shown, metrics); (len(got) > 0) != c.bad {
				t.Errorf("%s: found %q", c.expr, got)
			}
		})
	}
}
