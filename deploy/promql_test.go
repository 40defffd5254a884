package deploy_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// reference is what a PromQL expression names.
type reference struct {
	metrics  []string  // one a selector; "" where it has no name
	matchers []matcher // of all selectors
	labels   []string  // in by, on, group_left and their like
}

type matcher struct{ metric, label, op, value string }

// aToken is a string, a name, a number or duration, an operator of matchers,
// or any other character. White space and comments match nothing that counts.
var aToken = regexp.MustCompile(`#[^\n]*|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|` + "`[^`]*`" + `|[a-zA-Z_:][\w:]*|\d[\w.]*|=~|!~|!=|==|\S`)

var (
	aName    = regexp.MustCompile(`^[a-zA-Z_:]`)
	grouping = []string{"by", "without", "on", "ignoring", "group_left", "group_right"}
	keywords = []string{"and", "or", "unless", "atan2", "bool", "offset", "inf", "nan", "group_left", "group_right"}
)

// references reads an expression that promtool has found to be well formed:
// it does not look for errors, only for names.
func references(expr string) (r reference) {
	tokens := slices.DeleteFunc(aToken.FindAllString(expr, -1), func(s string) bool { return s[0] == '#' })
	at := func(i int) string {
		if i < len(tokens) {
			return tokens[i]
		}
		return ""
	}
	for i := 0; i < len(tokens); i++ {
		switch token, next := tokens[i], at(i+1); {
		case token == "[": // a range; its durations are no names
			for at(i) != "]" {
				i++
			}
		case token == "{":
			i = r.selector("", tokens, i)
		case !aName.MatchString(token):
		case slices.Contains(grouping, token) && next == "(":
			for i += 2; at(i) != ")"; i++ {
				if at(i) != "," {
					r.labels = append(r.labels, at(i))
				}
			}
		case next == "(", next == "by", next == "without", slices.Contains(keywords, strings.ToLower(token)): // a function or an operator
		case next == "{":
			i = r.selector(token, tokens, i+1)
		default:
			r.metrics = append(r.metrics, token)
		}
	}
	return r
}

// selector reads the matchers from the brace at i on and returns where they end.
func (r *reference) selector(metric string, tokens []string, i int) int {
	var matchers []matcher
	for i++; tokens[i] != "}"; i++ {
		if tokens[i] == "," {
			continue
		}
		quoted := tokens[i+2]
		m := matcher{label: tokens[i], op: tokens[i+1], value: quoted[1 : len(quoted)-1]}
		if m.label == "__name__" && m.op == "=" {
			metric = m.value
		}
		matchers = append(matchers, m)
		i += 2
	}
	for _, m := range matchers {
		m.metric = metric
		r.matchers = append(r.matchers, m)
	}
	r.metrics = append(r.metrics, metric)
	return i
}

// vocabulary is what expressions may name.
type vocabulary struct {
	labels map[string][]string // of each metric
	values map[string][]string // of each label with a closed set
}

// complaints are the names in an expression that do not exist.
func (v vocabulary) complaints(expr string) (all []string) {
	complain := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	r := references(expr)
	for _, metric := range r.metrics {
		if _, known := v.labels[metric]; metric != "" && !known {
			complain("there is no metric %s", metric)
		}
	}
	of := make(map[string]bool) // the labels of all metrics of the expression
	for _, metric := range r.metrics {
		for _, label := range v.labels[metric] {
			of[label] = true
		}
	}
	for _, label := range r.labels {
		if !of[label] {
			complain("no metric here has a label %s", label)
		}
	}
	for _, m := range r.matchers {
		switch labels, known := v.labels[m.metric]; {
		case m.label == "__name__":
			if m.op == "=~" && !slices.ContainsFunc(slices.Collect(maps.Keys(v.labels)), regexp.MustCompile("^(?:"+m.value+")$").MatchString) {
				complain("no metric is called %s", m.value)
			}
		case known && !slices.Contains(labels, m.label):
			complain("%s has no label %s", m.metric, m.label)
		default:
			for _, value := range m.values() {
				if values, closed := v.values[m.label]; closed && value != "" && !slices.Contains(values, value) {
					complain("%s is never %q", m.label, value)
				}
			}
		}
	}
	return all
}

// values are those that a matcher lists. A label with a closed set needs no
// other regular expression than a list.
func (m matcher) values() []string {
	if strings.HasSuffix(m.op, "~") {
		return strings.Split(m.value, "|")
	}
	return []string{m.value}
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
		"names by an expression":               {`{__name__=~"stat.+"} or {__name__=~"x.+"}`, []string{"no metric is called x.+"}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := v.complaints(c.expr); !slices.Equal(got, c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}
