package promqlnames

import (
	"fmt"
	"maps"
	"slices"
)

// Vocabulary is what expressions may name.
type Vocabulary struct {
	Labels map[string][]string // of each metric
	Values map[string][]string // of each label with a closed set of them
}

// Complaints are about the names in an expression that do not exist. Labels that it
// groups by, joins on or copies must be on one of its metrics, or be made by it. So
// must those that are shown with its result, as in the legend of a panel.
func (v Vocabulary) Complaints(expr string, shown ...string) (all []string) {
	complain := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	names, err := In(expr)
	if err != nil {
		return []string{err.Error()}
	}
	if len(names.Selectors) == 0 {
		complain("no metric is named")
	}
	present := slices.Clone(names.Made)
	for _, s := range names.Selectors {
		labels, known := v.Labels[s.Metric]
		if s.Metric != "" && !known {
			complain("there is no metric %s", s.Metric)
		}
		present = append(present, labels...)
		for _, m := range s.Matchers {
			switch {
			case m.Name == "__name__":
				if !slices.ContainsFunc(slices.Collect(maps.Keys(v.Labels)), m.Matches) {
					complain("no metric is called %s", m.Value)
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
			complain("no metric here has a label %s", label)
		}
	}
	return all
}
