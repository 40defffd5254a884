package dashboards_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/promqlnames"
)

// Every metric, label and label value that a dashboard names exists.
func TestMetricsExist(t *testing.T) {
	vocabulary, err := promqlnames.Exporter("..")
	if err != nil {
		t.Fatal(err)
	}
	for file, d := range load(t) {
		t.Run(file, func(t *testing.T) {
			for _, v := range d.Templating.List {
				if v.Type == "query" {
					for _, complaint := range vocabulary.Complaints(substitute(v.promQL(), "")) {
						t.Errorf("variable %s: %s", v.Name, complaint)
					}
				}
			}
			for _, p := range d.Panels {
				for _, q := range p.Targets {
					for _, complaint := range vocabulary.Complaints(substitute(q.Expr, ""), legendLabels(q.LegendFormat)...) {
						t.Errorf("%s, query %s: %s", p.Title, q.RefID, complaint)
					}
				}
			}
		})
	}
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
