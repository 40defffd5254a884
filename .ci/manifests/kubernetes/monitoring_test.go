package kubernetes_test

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

// monitored has the objects of both ways to get rules and dashboards into a cluster.
func monitored(t *testing.T) map[string]objects {
	return map[string]objects{
		"kustomize": built(t, kustomizeDir+"/overlays/rrsa"),
		"helm":      rendered(t, parseValues(t, releases["all that Prometheus and Grafana can have"].values)),
	}
}

// The Prometheus operator is given the rules that promtool has tested, and no others.
func TestRulesAreTheSame(t *testing.T) {
	var want []any
	for _, file := range ruleFiles {
		var content struct{ Groups []any }
		if err := yaml.Unmarshal([]byte(readFile(t, root+"deploy/prometheus/"+file)), &content); err != nil {
			t.Fatal(err)
		}
		want = append(want, content.Groups...)
	}
	if len(glob(t, root+"deploy/prometheus/*.rules.yml")) != len(ruleFiles) {
		t.Error("there are more files of rules")
	}
	for name, all := range monitored(t) {
		// Both sides become plain values, as the operator's types would not compare.
		text, err := json.Marshal(the[*monitoringv1.PrometheusRule](t, all).Spec.Groups)
		if err != nil {
			t.Fatal(err)
		}
		var got []any
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: the file (-) and the object (+):\n%s", name, diff)
		}
	}
}

// The value language installs the Chinese alerts and dashboards, unchanged, and no English
// ones.
func TestLanguages(t *testing.T) {
	all := rendered(t, parseValues(t, "demo: true\nlanguage: zh-CN\nprometheusRule: {enabled: true}\ndashboards: {enabled: true}"))
	var want struct{ Groups []monitoringv1.RuleGroup }
	for _, file := range []string{"recording.rules.yml", "zh-CN/alerts.rules.yml"} {
		var content struct{ Groups []monitoringv1.RuleGroup }
		if err := yaml.Unmarshal([]byte(readFile(t, root+"deploy/prometheus/"+file)), &content); err != nil {
			t.Fatal(err)
		}
		want.Groups = append(want.Groups, content.Groups...)
	}
	if diff := cmp.Diff(want.Groups, the[*monitoringv1.PrometheusRule](t, all).Spec.Groups); diff != "" {
		t.Errorf("the files (-) and the object (+):\n%s", diff)
	}
	found := 0
	for _, c := range of[*corev1.ConfigMap](all) {
		for file, text := range c.Data {
			found++
			if text != readFile(t, root+"deploy/grafana/zh-CN/"+file) {
				t.Errorf("%s is not the Chinese dashboard", file)
			}
		}
	}
	if want := len(glob(t, root+"deploy/grafana/zh-CN/*.json")); found != want {
		t.Errorf("%d dashboards, want %d", found, want)
	}
}

// Grafana's sidecar finds each dashboard, unchanged.
func TestDashboardsAreTheSame(t *testing.T) {
	for name, all := range monitored(t) {
		found := map[string]string{}
		for _, c := range of[*corev1.ConfigMap](all) {
			if c.Labels["grafana_dashboard"] == "" {
				continue
			}
			if len(c.Data) != 1 {
				t.Errorf("%s: %s has %d dashboards", name, c.Name, len(c.Data))
			}
			for file, text := range c.Data {
				found[file] = text
				if len(text) > 1<<20 {
					t.Errorf("%s: %s has %d bytes, more than a ConfigMap holds", name, file, len(text))
				}
			}
		}
		for _, file := range glob(t, root+"dashboards/*.json") {
			if base := filepath.Base(file); found[base] != readFile(t, file) {
				t.Errorf("%s: %s is not the dashboard in the folder, or not there", name, base)
			}
			delete(found, filepath.Base(file))
		}
		for file := range found {
			t.Errorf("%s: %s is no dashboard of ours", name, file)
		}
	}
}

// The chart's dashboards follow the chart's alerts: a severity with another name is known to
// be for information, and the runbooks are where the alerts say.
func TestDashboardsFollowTheAlerts(t *testing.T) {
	for _, language := range []string{"en", "zh-CN"} {
		t.Run(language, func(t *testing.T) { dashboardsFollowTheAlerts(t, language) })
	}
}

func dashboardsFollowTheAlerts(t *testing.T, language string) {
	all := rendered(t, parseValues(t, `
demo: true
language: `+language+`
dashboards: {enabled: true}
prometheusRule: {severities: {info: fyi, critical: page}, runbookUrl: "https://wiki.example.com/ota/"}
`))
	want := map[string]string{"info": "fyi", "critical": "page", "runbooks": "https://wiki.example.com/ota/"}
	found := 0
	for _, c := range of[*corev1.ConfigMap](all) {
		for file, text := range c.Data {
			if filepath.Ext(file) != ".json" {
				continue
			}
			var d struct {
				Title      string
				Templating struct {
					List []struct {
						Name, Type string
						Query      any
						Current    struct{ Value any }
					}
				}
			}
			if err := json.Unmarshal([]byte(text), &d); err != nil || d.Title == "" {
				t.Fatalf("%s: title %q, %v", file, d.Title, err)
			}
			for _, v := range d.Templating.List {
				if value, is := want[v.Name]; is {
					found++
					if v.Query != value || v.Current.Value != value {
						t.Errorf("%s: %s is %v, and at first %v, want %s", file, v.Name, v.Query, v.Current.Value, value)
					}
				}
			}
		}
	}
	if found < len(want) {
		t.Errorf("only %d variables", found)
	}
}
