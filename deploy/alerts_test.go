package deploy_test

import (
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// runbookURL is where runbooks are read, because an alert reaches people without the
// repository.
const runbookURL = "https://github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/blob/main/deploy/runbooks/"

// rule is a recording or an alerting rule.
type rule struct {
	Record, Alert, Expr, For string
	Labels, Annotations      map[string]string
}

// String tells rules apart, also alerts of one name at two severities.
func (r rule) String() string { return r.Record + r.Alert + " " + r.Labels["severity"] }

// rules are all rules, in the order in which they build on each other.
func rules(t *testing.T) (all []rule) {
	t.Helper()
	for _, file := range []string{"prometheus/recording.rules.yml", "prometheus/alerts.rules.yml"} {
		var content struct{ Groups []struct{ Rules []rule } }
		decode(t, file, &content)
		for _, group := range content.Groups {
			all = append(all, group.Rules...)
		}
	}
	return all
}

func alerts(t *testing.T) []rule {
	return slices.DeleteFunc(rules(t), func(r rule) bool { return r.Alert == "" })
}

// An alert says which batch it is about, what it means and where its runbook is. The index
// of the runbooks has it.
func TestAlertsAreComplete(t *testing.T) {
	labels := slices.Concat(slices.Collect(maps.Values(vocabulary(t).Labels))...)
	index := read(t, "runbooks/README.md")
	for _, a := range alerts(t) {
		severity := a.Labels["severity"]
		if !strings.Contains(index, "\n| "+severity+" | ") {
			t.Errorf("%s: severity %q has no meaning in runbooks/README.md", a, severity)
		}
		for _, annotation := range []string{"summary", "description"} {
			if a.Annotations[annotation] == "" {
				t.Errorf("%s has no %s", a, annotation)
			}
		}
		if got, want := a.Annotations["runbook_url"], runbookURL+a.Alert+".md"; got != want {
			t.Errorf("%s: runbook_url %q, want %q", a, got, want)
		}
		runbook := read(t, filepath.Join("runbooks", a.Alert+".md"))
		if severities, _, _ := strings.Cut(runbook, "## "); !strings.Contains(severities, severity) {
			t.Errorf("%s: the runbook does not name its severity", a)
		}
		if !strings.Contains(index, "\n| ["+a.Alert+"]("+a.Alert+".md) | ") {
			t.Errorf("%s is not in the table of runbooks/README.md", a)
		}
		// A label that no metric has would be an empty place in the text.
		text := strings.Join(slices.Collect(maps.Values(a.Annotations)), "\n")
		for _, found := range regexp.MustCompile(`\$labels\.(\w+)`).FindAllStringSubmatch(text, -1) {
			if !slices.Contains(labels, found[1]) {
				t.Errorf("%s: its text names a label %s that no metric has", a, found[1])
			}
		}
		// An alert about a batch names what people know the batch by.
		if strings.Contains(a.Expr, "job_id") {
			description := a.Annotations["description"]
			for _, fact := range []string{"account", "job_id"} {
				if !strings.Contains(description, "$labels."+fact+" ") {
					t.Errorf("%s: its description does not name the %s of the batch", a, fact)
				}
			}
			for _, fact := range []string{"name", "description", "firmware_id", "product_key", "dest_version"} {
				if !strings.Contains(description, `label "`+fact+`" .`) {
					t.Errorf("%s: its description does not look up the %s of the batch", a, fact)
				}
			}
		}
	}
}

// Every runbook is about an alert that exists.
func TestEveryRunbookHasAnAlert(t *testing.T) {
	all := alerts(t)
	for _, runbook := range files(t, "runbooks/*.md") {
		name := strings.TrimSuffix(filepath.Base(runbook), ".md")
		if name != "README" && !slices.ContainsFunc(all, func(a rule) bool { return a.Alert == name }) {
			t.Errorf("%s is about no alert", runbook)
		}
	}
}

// test is a case of `promtool test rules`.
type test struct {
	Name        string
	InputSeries []struct{ Series string } `yaml:"input_series"`
	Alerts      []struct {
		Alertname string
		Expected  []struct {
			Labels map[string]string `yaml:"exp_labels"`
		} `yaml:"exp_alerts"`
	} `yaml:"alert_rule_test"`
}

// tests are the cases by the name of their file, which is an alert or a topic.
func tests(t *testing.T) map[string][]test {
	t.Helper()
	all := make(map[string][]test)
	for _, file := range files(t, "prometheus/tests/*.yml") {
		var content struct{ Tests []test }
		decode(t, file, &content)
		all[strings.TrimSuffix(filepath.Base(file), ".yml")] = content.Tests
	}
	return all
}

// Each alert has a case in which it fires, at each of its severities, and a near miss: a
// case that asks about it and in which it never fires.
func TestEveryAlertIsTested(t *testing.T) {
	all := tests(t)
	for _, a := range alerts(t) {
		fires, misses := false, false
		for _, c := range all[a.Alert] {
			fired, asked := false, false // this alert, in this case
			for _, at := range c.Alerts {
				asked = asked || at.Alertname == a.Alert
				for _, expected := range at.Expected {
					fired = fired || at.Alertname == a.Alert
					fires = fires || at.Alertname == a.Alert && expected.Labels["severity"] == a.Labels["severity"]
				}
			}
			misses = misses || asked && !fired
		}
		if !fires || !misses {
			t.Errorf("prometheus/tests/%s.yml: a case in which %s fires: %t; a near miss: %t", a.Alert, a, fires, misses)
		}
	}
}
