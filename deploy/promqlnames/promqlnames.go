// Package promqlnames finds what a PromQL expression names, metrics, labels and
// label values, and holds it to a vocabulary: that of the exporter is the table
// of metrics in the README. Only tests use it, so that rules, runbooks and
// dashboards name what exists; the exporter has no part of it, nor of
// Prometheus's parser.
package promqlnames

import (
	"fmt"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// Names are in the order of the expression, and repeated as often as there.
type Names struct {
	Selectors []Selector
	Labels    []string // that by, on, group_left and their like name, or that are copied
	Made      []string // labels that label_replace and label_join write
}

// Selector is a choice of series.
type Selector struct {
	Metric   string            // "" where no single name is given
	Matchers []*labels.Matcher // but for that of the metric's name
}

// In reads an expression. Its error tells where that is not well formed, or is
// of the wrong type.
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

// copies takes the arguments of a function that makes a label of others.
func (n *Names) copies(to parser.Expr, from ...parser.Expr) {
	n.Made = append(n.Made, text(to))
	for _, label := range from {
		if name := text(label); name != "" { // without one, label_replace writes a constant
			n.Labels = append(n.Labels, name)
		}
	}
}

// text is a string argument: PromQL has no other expression of that type than
// the literal, perhaps in parentheses.
func text(e parser.Expr) string {
	switch e := e.(type) {
	case *parser.ParenExpr:
		return text(e.Expr)
	case *parser.StringLiteral:
		return e.Val
	}
	return ""
}

// Values are those that a matcher lists. A label with a closed set of values
// needs no other regular expression than a list.
func Values(m *labels.Matcher) []string {
	if m.Type == labels.MatchRegexp || m.Type == labels.MatchNotRegexp {
		return strings.Split(m.Value, "|")
	}
	return []string{m.Value}
}
