package dashboards_test

import (
	"regexp"
	"slices"
	"strings"
)

// query is what a PromQL expression names.
type query struct {
	selectors []selector
	labels    []string // that it groups or joins by, or copies
	made      []string // labels that it makes itself
}

type selector struct {
	metric   string
	matchers []matcher
}

type matcher struct{ label, op, value string }

var (
	token = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|\[[^\]]*\]|[a-zA-Z_:][a-zA-Z0-9_:]*|[0-9][0-9a-zA-Z.]*|=~|!~|!=|==|>=|<=|[^\s]`)
	name  = regexp.MustCompile(`^[a-zA-Z_:]`)

	operators = []string{"and", "or", "unless", "bool", "atan2", "offset"}
	clauses   = []string{"by", "without", "on", "ignoring", "group_left", "group_right"}
)

// read takes valid PromQL apart, without its aggregations' meaning: whether an
// expression is valid, a real Prometheus tells.
func read(expr string) (q query) {
	tokens := token.FindAllString(expr, -1)
	at := func(i int) string {
		if i < len(tokens) {
			return tokens[i]
		}
		return ""
	}
	// open are the functions whose arguments are being read; "" is a plain parenthesis.
	type call struct {
		function string
		argument int
	}
	var open []call
	for i := 0; i < len(tokens); i++ {
		switch tok := tokens[i]; {
		case tok == "(":
			open = append(open, call{})
		case tok == ")" && len(open) > 0:
			open = open[:len(open)-1]
		case tok == "," && len(open) > 0:
			open[len(open)-1].argument++
		case tok[0] == '"' && len(open) > 0:
			switch in := open[len(open)-1]; {
			case !strings.HasPrefix(in.function, "label_") || tok == `""`:
			case in.argument == 1:
				q.made = append(q.made, unquote(tok))
			case in.function == "label_replace" && in.argument == 3 || in.function == "label_join" && in.argument > 2:
				q.labels = append(q.labels, unquote(tok))
			}
		case !name.MatchString(tok) || slices.Contains(operators, tok):
		case slices.Contains(clauses, tok):
			if at(i+1) != "(" {
				break // group_left alone
			}
			for i += 2; at(i) != ")" && at(i) != ""; i++ {
				if at(i) != "," {
					q.labels = append(q.labels, at(i))
				}
			}
		case at(i+1) == "(":
			open = append(open, call{function: tok})
			i++
		case at(i+1) == "by" || at(i+1) == "without":
			// an aggregation: its arguments come after the clause
		default:
			s := selector{metric: tok}
			if at(i+1) == "{" {
				for i += 2; at(i) != "}" && at(i) != ""; i++ {
					if at(i) != "," {
						s.matchers = append(s.matchers, matcher{at(i), at(i + 1), unquote(at(i + 2))})
						i += 2
					}
				}
			}
			q.selectors = append(q.selectors, s)
		}
	}
	return q
}

func unquote(s string) string { return strings.Trim(s, `"`) }
