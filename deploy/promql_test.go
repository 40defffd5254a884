package deploy_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/promqlnames"
)

// vocabulary is what expressions may name.
type vocabulary struct {
	labels map[string][]string // of each metric
	values map[string][]string // of each label with a closed set
}

// complaints are the names in an expression that do not exist.
func (v vocabulary) complaints(expr string) (all []string) {
	complain := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	names, err := promqlnames.In(expr)
	if err != nil {
		return []string{err.Error()}
	}
	present := slices.Clone(names.Made) // and the labels of all metrics of the expression
	for _, s := range names.Selectors {
		labels, known := v.labels[s.Metric]
		if s.Metric != "" && !known {
			complain("there is no metric %s", s.Metric)
		}
		present = append(present, labels...)
		for _, m := range s.Matchers {
			switch {
			case m.Name == "__name__":
				if !slices.ContainsFunc(slices.Collect(maps.Keys(v.labels)), m.Matches) {
					complain("no metric is called %s", m.Value)
				}
			case known && !slices.Contains(labels, m.Name):
				complain("%s has no label %s", s.Metric, m.Name)
			default:
				for _, value := range promqlnames.Values(m) {
					if values, closed := v.values[m.Name]; closed && value != "" && !slices.Contains(values, value) {
						complain("%s is never %q", m.Name, value)
					}
				}
			}
		}
	}
	for _, label := range names.Labels {
		if !slices.Contains(present, label) {
			complain("no metric here has a label %s", label)
		}
	}
	return all
}

func TestComplaints(t *testing.T) {
	v := vocabulary{
		labels: map[string][]string{"up": {"job", "instance"}, "status": {"job", "id", "status"}},
		values: map[string][]string{"status": {"DONE", "OPEN"}},
	}
	for name, c := range map[string]struct {
		expr string
		want []string
	}{
		"all is there":                         {`sum by (id) (rate(status{status=~"DONE|OPEN"}[5m] offset 1h)) > bool 0 and on (job) up == 1`, nil},
		"nothing is read in a comment":         {"up # upp{jobs=\"x\"}\n > 1e3", nil},
		"nothing is read in a string":          {`label_replace(up, "job", "$1", "job", "upp")`, nil},
		"aggregation written behind":           {`sum(status) by (id)`, nil},
		"keywords are no metrics":              {`up * on (job) group_left status unless up OR up atan2 Inf`, nil},
		"a metric with a typing error":         {`upp == 0`, []string{"there is no metric upp"}},
		"such a metric with matchers":          {`rate(upp{job="x"}[5m])`, []string{"there is no metric upp"}},
		"a label of another metric":            {`up{id="1"}`, []string{"up has no label id"}},
		"a label that is grouped by":           {`sum by (job, jbo) (up)`, []string{"no metric here has a label jbo"}},
		"a label that is joined on":            {`up * on (job) group_left (statuss) status`, []string{"no metric here has a label statuss"}},
		"a value":                              {`status{status="DOEN"}`, []string{`status is never "DOEN"`}},
		"a value in a list":                    {`status{status!~"DONE|OPNE"}`, []string{`status is never "OPNE"`}},
		"a value of a selector without a name": {`{status="DOEN"}`, []string{`status is never "DOEN"`}},
		"a label that is copied":               {`label_join(up, "x", "-", "job", "jbo")`, []string{"no metric here has a label jbo"}},
		"a label that is made":                 {`sum by (x) (label_replace(up, "x", "$1", "job", "(.*)"))`, nil},
		"no PromQL":                            {`up{`, []string{`parse "up{": 1:4: parse error: unexpected end of input inside braces`}},
		"names by an expression":               {`{__name__=~"stat.+"} or {__name__=~"x.+"}`, []string{"no metric is called x.+"}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := v.complaints(c.expr); !slices.Equal(got, c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}
