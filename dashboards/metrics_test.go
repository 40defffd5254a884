package dashboards_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/promqlnames"
)

// Every metric, recorded series, label and label value that a dashboard names exists.
func TestMetricsExist(t *testing.T) {
	vocabulary := vocabulary(t)
	for file, d := range load(t) {
		t.Run(file, func(t *testing.T) {
			check := func(place, expr string, shown ...string) {
				for _, complaint := range vocabulary.Complaints(d.substitute(expr, ""), shown...) {
					t.Errorf("%s: %s", place, complaint)
				}
			}
			for _, v := range d.Templating.List {
				if v.Type == "query" {
					check("variable "+v.Name, v.promQL())
				}
			}
			for _, p := range d.Panels {
				for _, q := range p.Targets {
					check(p.Title+", query "+q.RefID, q.Expr, legendLabels(q.LegendFormat)...)
				}
			}
			for _, a := range d.Annotations.List {
				check("annotation "+a.Name, a.Expr, legendLabels(a.TitleFormat+a.TextFormat)...)
			}
		})
	}
}

// vocabulary is that of the exporter and of the rules. Any series may have a cluster, by
// the scrape configuration or as an external label of Prometheus.
func vocabulary(t *testing.T) promqlnames.Vocabulary {
	t.Helper()
	v, err := promqlnames.Exporter("..")
	if err != nil {
		t.Fatal(err)
	}
	all := slices.Concat(slices.Collect(maps.Values(v.Labels))...)
	v.Add("ALERTS", append(all, "alertname", "alertstate", "severity")...)
	v.Add("ALERTS_FOR_STATE", append(all, "alertname", "severity")...)
	v.Values["alertstate"] = []string{"pending", "firing"}
	for _, r := range rules(t) {
		if r.Record != "" {
			v.Add(r.Record, all...)
		} else {
			v.Values["alertname"] = append(v.Values["alertname"], r.Alert)
			v.Values["severity"] = append(v.Values["severity"], r.Labels["severity"])
		}
	}
	for metric := range v.Labels {
		v.Labels[metric] = append(v.Labels[metric], "cluster")
	}
	return v
}

// legendLabels are the labels whose values stand in a legend.
func legendLabels(format string) (labels []string) {
	for _, found := range regexp.MustCompile(`\{\{\s*(\w+)\s*\}\}`).FindAllStringSubmatch(format, -1) {
		labels = append(labels, found[1])
	}
	return labels
}

// Grafana's own functions around a variable's query.
var (
	labelValues = regexp.MustCompile(`^label_values\((.+), *(\w+)\)$`)
	queryResult = regexp.MustCompile(`^query_result\((.+)\)$`)
)

// promQL is the variable's query without Grafana's own function around it.
func (v variable) promQL() string {
	if found := labelValues.FindStringSubmatch(v.text()); found != nil {
		return "group by (" + found[2] + ") (" + found[1] + ")"
	}
	if found := queryResult.FindStringSubmatch(v.text()); found != nil {
		return found[1]
	}
	return v.text()
}

// text is the variable's query, which Grafana writes as a string or as an object.
func (v variable) text() string {
	var object struct{ Query string }
	if json.Unmarshal(v.Query, &object) == nil {
		return object.Query
	}
	var plain string
	if json.Unmarshal(v.Query, &plain) == nil {
		return plain
	}
	return fmt.Sprintf("neither a string nor an object: %s", v.Query)
}
