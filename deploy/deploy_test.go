// Package deploy_test holds the files around the exporter to its code.
package deploy_test

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

const runbookURL = "https://github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/blob/main/deploy/runbooks/"

// rule is a recording or an alerting rule.
type rule struct {
	Record, Alert, Expr string
	Labels, Annotations map[string]string
}

func (r rule) String() string { return r.Record + r.Alert + " " + r.Labels["severity"] }

func rules(t *testing.T) (all []rule) {
	t.Helper()
	for _, file := range files(t, "prometheus/*.rules.yml") {
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

func TestAlertsAreComplete(t *testing.T) {
	labels := slices.Concat(slices.Collect(maps.Values(knownNames(t).labels))...)
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
		text := strings.Join(slices.Collect(maps.Values(a.Annotations)), "\n")
		for _, found := range regexp.MustCompile(`\$labels\.(\w+)`).FindAllStringSubmatch(text, -1) {
			if !slices.Contains(labels, found[1]) {
				t.Errorf("%s: its text names a label %s that no metric has", a, found[1])
			}
		}
		if strings.Contains(a.Expr, "aliyun_iot_ota_job_info") {
			for _, fact := range []string{"account", "job_id", "name", "description", "firmware_id", "product_key", "dest_version"} {
				if !strings.Contains(a.Annotations["description"], "$labels."+fact+" ") {
					t.Errorf("%s: its description does not name the %s of the batch", a, fact)
				}
			}
		}
	}
}

func TestEveryRunbookHasAnAlert(t *testing.T) {
	all := alerts(t)
	for _, runbook := range files(t, "runbooks/*.md") {
		name := strings.TrimSuffix(filepath.Base(runbook), ".md")
		if name != "README" && !slices.ContainsFunc(all, func(a rule) bool { return a.Alert == name }) {
			t.Errorf("%s is about no alert", runbook)
		}
	}
}

// test is a case of promtool test rules.
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

// tests are the cases by their file's name: an alert, or a topic.
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

// Every alert has a case in which it fires, at each of its severities, and a
// near miss in which it never does.
func TestEveryAlertIsTested(t *testing.T) {
	all := tests(t)
	for _, a := range alerts(t) {
		fires, misses := false, false
		for _, c := range all[a.Alert] {
			fired, asked := false, false
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

func TestPromtool(t *testing.T) {
	promtool := tool(t, "promtool")
	run(t, promtool, append([]string{"check", "rules", "--lint=all", "--lint-fatal"}, files(t, "prometheus/*.rules.yml")...)...)
	for _, file := range files(t, "prometheus/tests/*.yml") {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yml"), func(t *testing.T) {
			t.Parallel()
			run(t, promtool, "test", "rules", file)
		})
	}
}

func TestAmtool(t *testing.T) {
	amtool := tool(t, "amtool")
	const file = "alertmanager/alertmanager.yml"
	run(t, amtool, "check-config", file)
	for severity, receiver := range map[string]string{"critical": "on-call", "warning": "working-day", "info": "to-know"} {
		run(t, amtool, "config", "routes", "test", "--config.file="+file, "--verify.receivers="+receiver, "severity="+severity)
	}
}

// tool finds a program that .ci/run installs, or skips the test.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	switch {
	case err != nil && os.Getenv("CI") == "true":
		t.Fatalf("CI must have %s: %v", name, err)
	case err != nil:
		t.Skipf("skipped without %s, which .ci/run installs: %v", name, err)
	}
	return path
}

func run(t *testing.T, program string, args ...string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), program, args...).CombinedOutput(); err != nil {
		t.Errorf("%s %s: %v\n%s", filepath.Base(program), strings.Join(args, " "), err, out)
	}
}

func files(t *testing.T, pattern string) []string {
	t.Helper()
	found, err := filepath.Glob(pattern)
	if err != nil || len(found) == 0 {
		t.Fatalf("%s: %d files, error %v", pattern, len(found), err)
	}
	return found
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func decode(t *testing.T, file string, into any) {
	t.Helper()
	if err := yaml.Unmarshal([]byte(read(t, file)), into); err != nil {
		t.Fatal(fmt.Errorf("%s: %w", file, err))
	}
}
