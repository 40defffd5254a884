package rules_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
	"gopkg.in/yaml.v3"
)

// situation is the data of a case of `promtool test rules`: what the rules see of one or more
// exporters over some time.
type situation struct {
	name   string
	until  time.Duration // the last time that the case asks about
	series []series
}

// series is one series with a value for each minute.
type series struct {
	labels labels.Labels
	values []parser.SequenceValue
}

// situations are those of all cases in deploy/prometheus/tests.
func situations(t *testing.T) (all []situation) {
	t.Helper()
	files, err := filepath.Glob("../../deploy/prometheus/tests/*.yml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var content struct {
			Tests []struct {
				Name        string
				Interval    time.Duration
				InputSeries []struct{ Series, Values string } `yaml:"input_series"`
				Alerts      []struct {
					At time.Duration `yaml:"eval_time"`
				} `yaml:"alert_rule_test"`
				Expressions []struct {
					At time.Duration `yaml:"eval_time"`
				} `yaml:"promql_expr_test"`
			}
		}
		if err := yaml.Unmarshal(text, &content); err != nil {
			t.Fatal(err)
		}
		for _, c := range content.Tests {
			s := situation{name: strings.TrimSuffix(filepath.Base(file), ".yml") + ": " + c.Name}
			if c.Interval <= 0 || c.Interval%time.Minute != 0 {
				t.Fatalf("%s: a scrape every %v is not a number of minutes", s.name, c.Interval)
			}
			for _, at := range slices.Concat(c.Alerts, c.Expressions) {
				s.until = max(s.until, at.At)
			}
			for _, input := range c.InputSeries {
				l, values, err := parser.ParseSeriesDesc(input.Series + " " + input.Values)
				if err != nil {
					t.Fatalf("%s: %v", s.name, err)
				}
				s.series = append(s.series, series{l, everyMinute(values, int(c.Interval/time.Minute))})
			}
			all = append(all, s)
		}
	}
	if len(all) < 100 {
		t.Fatalf("only %d cases were read", len(all))
	}
	return all
}

// everyMinute returns values that come once in some minutes as one for each minute.
func everyMinute(values []parser.SequenceValue, minutes int) (all []parser.SequenceValue) {
	for _, v := range values {
		all = append(all, v)
		for range minutes - 1 {
			all = append(all, parser.SequenceValue{Omitted: true})
		}
	}
	return all
}

// relabelled returns copies of series with other values of a label. A series without the
// label stays as it is.
func relabelled(all []series, label string, change func(string) string) []series {
	copies := slices.Clone(all)
	for i, s := range copies {
		if s.labels.Has(label) {
			copies[i].labels = labels.NewBuilder(s.labels).Set(label, change(s.labels.Get(label))).Labels()
		}
	}
	return copies
}

// in returns the situation as one of many that a server sees at the same time: its accounts
// and jobs have names of their own, which end with the suffix.
func (s situation) in(suffix string) situation {
	rename := func(name string) string { return name + suffix }
	s.series = relabelled(relabelled(s.series, "account", rename), "job", rename)
	return s
}

// play lets the situations happen at the same time, with a scrape each minute, and evaluates
// the rules every two minutes. It calls look after each evaluation.
func (s *server) play(all []situation, until time.Duration, look func(at time.Duration)) {
	s.t.Helper()
	for step := 0; step <= int(until/time.Minute); step++ {
		at := time.Duration(step) * time.Minute
		app := s.storage.Appender(s.t.Context())
		for _, one := range all {
			for _, of := range one.series {
				if at > one.until || step >= len(of.values) || of.values[step].Omitted {
					continue
				}
				if _, err := app.Append(0, of.labels, at.Milliseconds(), of.values[step].Value); err != nil {
					s.t.Fatal(err)
				}
			}
		}
		if err := app.Commit(); err != nil {
			s.t.Fatal(err)
		}
		if step%2 == 0 {
			s.evaluate(time.Unix(0, 0).Add(at))
			look(at)
		}
	}
}
