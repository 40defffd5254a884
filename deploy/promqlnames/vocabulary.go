package promqlnames

import (
	"fmt"
	"maps"
	"slices"
)

// Vocabulary is the set of names that expressions may use.
type Vocabulary struct {
	Labels map[string][]string // labels by metric
	Values map[string][]string // values by label, for labels with a fixed set of values
}

// Complaints returns a message for each name in an expression that does not exist. The labels
// that the expression groups by, joins on or copies must belong to one of its metrics, or the
// expression must make them. The same is true for the labels in shown, which are shown with the
// result, such as those in the legend of a panel.
func (v Vocabulary) Complaints(expr string, shown ...string) (all []string) {
	complain := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	names, err := In(expr)
	if err != nil {
		return []string{err.Error()}
	}
	if len(names.Selectors) == 0 {
		complain("the expression has no metric")
	}
	present := slices.Clone(names.Made)
	for _, s := range names.Selectors {
		labels, known := v.Labels[s.Metric]
		if s.Metric != "" && !known {
			complain("unknown metric %s", s.Metric)
		}
		present = append(present, labels...)
		for _, m := range s.Matchers {
			switch {
			case m.Name == "__name__":
				if !slices.ContainsFunc(slices.Collect(maps.Keys(v.Labels)), m.Matches) {
					complain("no metric matches %s", m.Value)
				}
			case known && !slices.Contains(labels, m.Name):
				complain("%s has no label %s", s.Metric, m.Name)
			default:
				for _, value := range Values(m) {
					if values, closed := v.Values[m.Name]; closed && value != "" && !slices.Contains(values, value) {
						complain("%s is never %q", m.Name, value)
					}
				}
			}
		}
	}
	for _, label := range slices.Concat(names.Labels, shown) {
		if !slices.Contains(present, label) {
			complain("no metric in the expression has the label %s", label)
		}
	}
	return all
}
