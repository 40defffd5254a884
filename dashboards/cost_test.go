package dashboards_test

import (
	"strings"
	"testing"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// readsEnded are the panels that read the counts of batches that ended, however many there
// are. They do so once a refresh, and not for each step of the time range.
var readsEnded = map[string]string{
	"What the fleet runs": "versions stay on the devices after the rollout",
}

// A panel reads recorded series, or those of live batches: nine of ten batches have ended,
// and a query for all of them at each step of the time range is what makes Prometheus slow.
func TestPanelsReadLiveBatches(t *testing.T) {
	exempt := map[string]bool{}
	for file, d := range load(t) {
		check := func(place, expr string, eachStep bool) {
			root, err := parser.ParseExpr(d.substitute(expr, "chosen"))
			if err != nil {
				t.Fatalf("%s, %s: %v", file, place, err)
			}
			parser.Inspect(root, func(node parser.Node, path []parser.Node) error {
				s, is := node.(*parser.VectorSelector)
				switch {
				case !is, !strings.HasPrefix(s.Name, "aliyun_iot_ota_job_"), ofFewBatches(s):
				case eachStep && s.StartOrEnd != parser.END:
					t.Errorf("%s, %s reads every batch at each step: %s", file, place, s)
				case readsEnded[place] != "":
					exempt[place] = true
				case !limited(s, path):
					t.Errorf("%s, %s reads every batch: %s", file, place, s)
				}
				return nil
			})
		}
		for _, p := range d.Panels {
			for _, q := range p.Targets {
				check(p.Title, q.Expr, q.Range)
			}
		}
		for _, a := range d.Annotations.List {
			check("annotation "+a.Name, a.Expr, true)
		}
	}
	for place := range readsEnded {
		if !exempt[place] {
			t.Errorf("%s needs no exception, or does not exist", place)
		}
	}
}

// ofFewBatches tells whether a selector names its batches, or has a series only while
// something fails.
func ofFewBatches(s *parser.VectorSelector) bool {
	if strings.HasSuffix(s.Name, "_error_info") {
		return true
	}
	for _, m := range s.LabelMatchers {
		if m.Name == "job_id" && m.Value != "" && (m.Type == labels.MatchEqual || m.Type == labels.MatchRegexp) {
			return true
		}
	}
	return false
}

// limited tells whether a series that is recorded, or an alert, decides which series of a
// selector count. An operator above it has that on its other side.
func limited(s *parser.VectorSelector, path []parser.Node) bool {
	for _, above := range path {
		b, is := above.(*parser.BinaryExpr)
		if !is || b.Op == parser.LOR {
			continue
		}
		for _, side := range []parser.Expr{b.LHS, b.RHS} {
			found := false
			within := s.PosRange.Start >= side.PositionRange().Start && s.PosRange.End <= side.PositionRange().End
			parser.Inspect(side, func(node parser.Node, _ []parser.Node) error {
				if other, is := node.(*parser.VectorSelector); is {
					found = found || strings.Contains(other.Name, ":") || other.Name == "ALERTS"
				}
				return nil
			})
			if found && !within {
				return true
			}
		}
	}
	return false
}
