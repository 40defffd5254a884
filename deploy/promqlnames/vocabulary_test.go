package promqlnames_test

import (
	"slices"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/promqlnames"
)

// The tests of rules, runbooks and dashboards depend on Complaints.
func TestComplaints(t *testing.T) {
	v := promqlnames.Vocabulary{
		Labels: map[string][]string{"up": {"job", "instance"}, "status": {"job", "id", "status"}},
		Values: map[string][]string{"status": {"DONE", "OPEN"}},
	}
	for name, c := range map[string]struct {
		expr  string
		shown []string
		want  []string
	}{
		"every name exists":                     {expr: `sum by (id) (rate(status{status=~"DONE|OPEN"}[5m] offset 1h)) > bool 0 and on (job) up == 1`},
		"a legend":                              {expr: `sum by (status) (status)`, shown: []string{"status"}},
		"a comment":                             {expr: "up # upp{jobs=\"x\"}\n > 1e3"},
		"a string":                              {expr: `label_replace(up, "job", "$1", "job", "upp")`},
		"a brace and a parenthesis in a string": {expr: `up{job="a}b)c"} and on (instance) up`},
		"by after the argument":                 {expr: `sum(status) by (id)`},
		"keywords":                              {expr: `up * on (job) group_left status unless up OR up atan2 Inf`},
		"a label that is made":                  {expr: `sum by (x) (label_replace(up, "x", "$1", "job", "(.*)"))`},

		"a metric with a typo":                         {expr: `upp == 0`, want: []string{"unknown metric upp"}},
		"a mistyped metric and matchers":               {expr: `rate(upp{job="x"}[5m])`, want: []string{"unknown metric upp"}},
		"no metric":                                    {expr: `vector(1)`, want: []string{"the expression has no metric"}},
		"a pattern that no name matches":               {expr: `{__name__=~"stat.+"} or {__name__=~"x.+"}`, want: []string{"no metric matches x.+"}},
		"a label of another metric":                    {expr: `up{id="1"}`, want: []string{"up has no label id"}},
		"grouping by a label that does not exist":      {expr: `sum by (job, jbo) (up)`, want: []string{"no metric in the expression has the label jbo"}},
		"joining on a label that does not exist":       {expr: `up and on (jbo) up`, want: []string{"no metric in the expression has the label jbo"}},
		"group_left of a label that does not exist":    {expr: `up * on (job) group_left (statuss) status`, want: []string{"no metric in the expression has the label statuss"}},
		"label_join of a label that does not exist":    {expr: `label_join(up, "x", "-", "job", "jbo")`, want: []string{"no metric in the expression has the label jbo"}},
		"label_replace of a label that does not exist": {expr: `label_replace(up, "x", "$1", "jbo", "(.*)")`, want: []string{"no metric in the expression has the label jbo"}},
		"a legend of a label that does not exist":      {expr: `up`, shown: []string{"id"}, want: []string{"no metric in the expression has the label id"}},
		"a value that does not exist":                  {expr: `status{status="DOEN"}`, want: []string{`status is never "DOEN"`}},
		"an unknown value in a list":                   {expr: `status{status!~"DONE|OPNE"}`, want: []string{`status is never "OPNE"`}},
		"an unknown value without a metric":            {expr: `{status="DOEN"}`, want: []string{`status is never "DOEN"`}},
		"invalid PromQL":                               {expr: `up{`, want: []string{`parse "up{": 1:4: parse error: unexpected end of input inside braces`}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := v.Complaints(c.expr, c.shown...); !slices.Equal(got, c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}
