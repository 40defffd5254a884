package rules_test

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/rules"
)

// playFor is how long the situations are played. A few of them are longer.
const playFor = 3 * time.Hour

// another returns what a second exporter shows that knows the same.
func another(all []series) []series {
	return relabelled(all, "instance", func(name string) string { return name + secondSuffix })
}

// secondSuffix ends the instance of the second exporter.
const secondSuffix = "-2"

// ofPartner returns the same batches in another account.
func ofPartner(all []series) []series {
	return relabelled(all, "account", func(name string) string { return name + "-partner" })
}

// idle returns what two shards without an account show beside the others.
func idle(all []series) []series {
	var pair []series
	for _, s := range all {
		name := s.labels.Get(labels.MetricName)
		if name != "up" && name != "aliyun_iot_ota_exporter_account_shard" {
			continue
		}
		up := slices.Clone(s.values)
		for i := range up {
			if name == "up" && !up[i].Omitted {
				up[i].Value = 1
			}
		}
		pair = append(pair, series{s.labels, up})
	}
	pair = relabelled(pair, "instance", func(name string) string { return name + "-idle" })
	return slices.Concat(pair, another(pair))
}

// killed returns what is left of an exporter that is killed after some minutes: it no longer
// answers, and its series end.
func killed(all []series, after int) []series {
	ended := slices.Clone(all)
	for i, s := range all {
		values := slices.Clone(s.values)
		for step := after; step < len(values); step++ {
			switch {
			case s.labels.Get(labels.MetricName) == "up":
				values[step].Value = 0
			case step == after:
				values[step] = parser.SequenceValue{Value: math.Float64frombits(value.StaleNaN)}
			default:
				values[step].Omitted = true
			}
		}
		ended[i].values = values
	}
	return ended
}

// In every situation of the rules' own cases, two exporters that watch the same accounts give
// the alerts of one, and so do two exporters that divide the accounts among themselves. If one
// of a pair is killed, no alert on an account or a batch begins or ends.
func TestTopologies(t *testing.T) {
	one := func(s []series) []series { return s }
	every := func(labels.Labels) bool { return true }
	for name, c := range map[string]struct {
		one, several func([]series) []series
		same         func(alert labels.Labels) bool // alerts that must be the same
	}{
		"a pair": {one, func(s []series) []series { return slices.Concat(s, another(s)) }, every},
		"two shards": {
			func(s []series) []series { return slices.Concat(s, ofPartner(s)) },
			func(s []series) []series { return slices.Concat(s, another(ofPartner(s))) },
			every,
		},
		"three pairs of shards, one without an account": {
			func(s []series) []series { return slices.Concat(s, ofPartner(s)) },
			func(s []series) []series {
				partner := another(ofPartner(s))
				return slices.Concat(s, another(another(s)), partner, another(another(partner)), idle(s))
			},
			every,
		},
		// The alerts on the exporter itself end with it. OTAExporterDown comes sooner when the
		// second one stops as well.
		"a pair, one of which is killed": {
			one,
			func(s []series) []series { return slices.Concat(killed(s, 40), another(s)) },
			func(alert labels.Labels) bool {
				return alert.Get("job") == "" && alert.Get(labels.AlertName) != "OTAExporterDown"
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			names := situations(t)
			want, got := alertsOver(t, c.one, c.same), alertsOver(t, c.several, c.same)
			reported := make(map[string]bool)
			fired := make(map[string]bool)
			for i := range want {
				for _, difference := range []struct {
					what     string
					has, not map[string]int
				}{{"missing", want[i], got[i]}, {"too much", got[i], want[i]}} {
					for _, alert := range slices.Sorted(maps.Keys(difference.has)) {
						name, _, _ := strings.Cut(alert, " ")
						fired[name] = true
						if _, both := difference.not[alert]; !both && !reported[alert] {
							reported[alert] = true
							t.Errorf("%s at %v: %s in %s", difference.what, time.Duration(2*i)*time.Minute, alert, names[difference.has[alert]].name)
						}
					}
				}
			}
			if len(fired) < 12 {
				t.Errorf("only these alerts fire at all: %v", slices.Sorted(maps.Keys(fired)))
			}
		})
	}
}

// alertsOver returns which alerts fire after each evaluation, by their name, labels and
// summary, and in which situation. What names the exporter is left out.
func alertsOver(t *testing.T, change func([]series) []series, which func(labels.Labels) bool) (all []map[string]int) {
	t.Helper()
	var together []situation
	of := make(map[string]int) // the situation of an account or a job
	for i, one := range situations(t) {
		one.series = change(one.series)
		one = one.in(fmt.Sprintf("/%d", i))
		together = append(together, one)
		for _, s := range one.series {
			of[s.labels.Get("account")], of[s.labels.Get("job")] = i, i
		}
	}
	s := newServer(t)
	s.play(together, playFor, func(time.Duration) {
		now := make(map[string]int)
		for _, g := range s.groups {
			for _, r := range g.AlertingRules() {
				for _, a := range r.ActiveAlerts() {
					if a.State != rules.StateFiring || !which(a.Labels) {
						continue
					}
					l := labels.NewBuilder(a.Labels).Del("instance", labels.MetricName).Labels()
					summary := a.Annotations.Get("summary")
					if instance := a.Labels.Get("instance"); instance != "" {
						summary = strings.ReplaceAll(summary, instance, "…")
					}
					at := of[l.Get("account")]
					if l.Has("job") {
						at = of[l.Get("job")]
					}
					now[r.Name()+" "+l.String()+" "+summary] = at
				}
			}
		}
		all = append(all, now)
	})
	return all
}
