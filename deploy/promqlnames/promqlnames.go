// Package promqlnames finds the metrics, labels and label values in PromQL expressions and
// checks that they exist. The vocabulary of the exporter comes from the tables of metrics in
// deploy/docs/metrics.md, which are generated from the code.
//
// Only tests use it, to check rules, runbooks and dashboards. The exporter does not contain it
// or Prometheus's parser. It never evaluates an expression.
package promqlnames

import (
	"fmt"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// Names are the names in an expression, in its order and possibly repeated.
type Names struct {
	Selectors []Selector
	Labels    []string // in by, on, group_left and similar clauses, or copied to another label
	Made      []string // written by label_replace and label_join
}

// Selector is one selector of series.
type Selector struct {
	Metric   string            // "": no single name is given
	Matchers []*labels.Matcher // without that of the metric's name
}

// In parses an expression. The error contains the position of a syntax error or a type error.
func In(expr string) (Names, error) {
	var names Names
	root, err := parser.ParseExpr(expr)
	if err != nil {
		return names, fmt.Errorf("parse %q: %w", expr, err)
	}
	parser.Inspect(root, func(node parser.Node, _ []parser.Node) error {
		switch n := node.(type) {
		case *parser.VectorSelector:
			names.Selectors = append(names.Selectors, selector(n))
		case *parser.AggregateExpr:
			names.Labels = append(names.Labels, n.Grouping...)
		case *parser.BinaryExpr:
			if by := n.VectorMatching; by != nil { // nil beside a number
				names.Labels = append(names.Labels, by.MatchingLabels...)
				names.Labels = append(names.Labels, by.Include...)
			}
		case *parser.Call:
			switch n.Func.Name {
			case "label_replace":
				names.copies(n.Args[1], n.Args[3])
			case "label_join":
				names.copies(n.Args[1], n.Args[3:]...)
			}
		}
		return nil
	})
	return names, nil
}

func selector(v *parser.VectorSelector) (s Selector) {
	for _, m := range v.LabelMatchers {
		if m.Name == labels.MetricName && m.Type == labels.MatchEqual {
			s.Metric = m.Value
		} else {
			s.Matchers = append(s.Matchers, m)
		}
	}
	return s
}

// copies adds the arguments of a function that makes a label of others.
func (n *Names) copies(to parser.Expr, from ...parser.Expr) {
	n.Made = append(n.Made, text(to))
	for _, label := range from {
		if name := text(label); name != "" { // without a name, label_replace writes a constant
			n.Labels = append(n.Labels, name)
		}
	}
}

// text returns a string argument. In PromQL it is always a literal, possibly in parentheses.
func text(e parser.Expr) string {
	switch e := e.(type) {
	case *parser.ParenExpr:
		return text(e.Expr)
	case *parser.StringLiteral:
		return e.Val
	}
	return ""
}

// Values returns the values in a matcher. It supports regular expressions only as a list of
// values, which is enough for a label with a fixed set of values.
func Values(m *labels.Matcher) []string {
	if m.Type == labels.MatchRegexp || m.Type == labels.MatchNotRegexp {
		return strings.Split(m.Value, "|")
	}
	return []string{m.Value}
}
