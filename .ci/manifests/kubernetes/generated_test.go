package kubernetes_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the copies that Helm and kustomize need")

// Helm and kustomize read nothing outside their own folders, so these hold copies of the
// rules and dashboards. They are not symbolic links, because a checkout on Windows has
// none, an archive of the source loses them, and helm warns about each of them in every
// command.
func TestCopies(t *testing.T) {
	want := map[string]string{
		chartDir + "/README.md": chartREADME(t),
		kustomizeDir + "/components/prometheus-operator/prometheusrule.yaml": prometheusRule(t),
	}
	for _, file := range glob(t, root+"deploy/prometheus/*.rules.yml") {
		want[filepath.Join(chartDir, "files", filepath.Base(file))] = readFile(t, file)
	}
	for _, file := range glob(t, root+"dashboards/*.json") {
		want[filepath.Join(chartDir, "files/dashboards", filepath.Base(file))] = readFile(t, file)
	}
	for file, text := range want {
		if *update {
			if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if diff := cmp.Diff(strings.Split(text, "\n"), strings.Split(readFile(t, file), "\n")); diff != "" {
			t.Errorf("%s is not what its source says; rewrite it by: cd .ci/manifests/kubernetes && go test . -update\n%s", file, diff)
		}
	}
	for _, file := range append(glob(t, chartDir+"/files/*.yml"), glob(t, chartDir+"/files/dashboards/*")...) {
		if _, ok := want[file]; !ok {
			t.Errorf("%s has no source any more", file)
		}
	}
}

// ruleFiles are all rules, in the order of prometheusrule.yaml.
var ruleFiles = []string{"recording.rules.yml", "alerts.rules.yml"}

// prometheusRule is an object with the rules in it as they stand, with their comments.
func prometheusRule(t *testing.T) string {
	var b strings.Builder
	b.WriteString(`# Made of deploy/prometheus/*.rules.yml by: cd .ci/manifests/kubernetes && go test . -update
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: aliyun-iot-ota-exporter
  labels:
    app.kubernetes.io/name: aliyun-iot-ota-exporter
spec:
  groups:
`)
	for _, file := range ruleFiles {
		_, groups, found := strings.Cut(readFile(t, root+"deploy/prometheus/"+file), "\ngroups:\n")
		if !found {
			t.Fatalf("%s has no line groups:", file)
		}
		for line := range strings.Lines(groups) {
			if line != "\n" {
				line = "  " + line
			}
			b.WriteString(line)
		}
	}
	return b.String()
}

// glob demands that there are files that match.
func glob(t *testing.T, pattern string) []string {
	t.Helper()
	found, err := filepath.Glob(pattern)
	if err != nil || len(found) == 0 {
		t.Fatalf("%s: %d files, error %v", pattern, len(found), err)
	}
	return found
}

// readFile gives "" for a copy that -update is about to make.
func readFile(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil && !(*update && os.IsNotExist(err)) {
		t.Fatal(fmt.Errorf("read: %w", err))
	}
	return string(text)
}
