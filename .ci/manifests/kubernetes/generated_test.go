package kubernetes_test

import (
	"flag"
	"fmt"
	"io/fs"
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
		kustomizeDir + "/components/prometheus-operator/prometheusrule.yaml":       prometheusRule(t, "# Made of %s and %s in deploy/prometheus by make update.", "recording.rules.yml", "alerts.rules.yml"),
		kustomizeDir + "/zh-CN/components/prometheus-operator/prometheusrule.yaml": prometheusRule(t, "# 由 make update 根据 deploy/prometheus 中的 %s 和 %s 生成。", "zh-CN/recording.rules.yml", "zh-CN/alerts.rules.yml"),
	}
	for language, source := range sources {
		for _, file := range glob(t, source.rules) {
			want[filepath.Join(chartDir, "files", language, filepath.Base(file))] = readFile(t, file)
		}
		if source.dashboards == "" {
			continue
		}
		for _, file := range glob(t, source.dashboards) {
			want[filepath.Join(chartDir, "files", language, "dashboards", filepath.Base(file))] = readFile(t, file)
		}
	}
	for file, text := range want {
		if *update {
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if diff := cmp.Diff(strings.Split(text, "\n"), strings.Split(readFile(t, file), "\n")); diff != "" {
			t.Errorf("%s is not what its source says; rewrite it by: make update\n%s", file, diff)
		}
	}
	err := filepath.WalkDir(chartDir+"/files", func(file string, entry fs.DirEntry, err error) error {
		if _, ok := want[file]; !ok && err == nil && !entry.IsDir() && entry.Name() != "NOTES.txt" {
			t.Errorf("%s has no source any more", file)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// sources are the files of the chart by the folder that they are in.
var sources = map[string]struct{ rules, dashboards string }{
	"":      {root + "deploy/prometheus/recording.rules.yml", ""}, // has no text for people
	"en":    {root + "deploy/prometheus/alerts.rules.yml", root + "dashboards/*.json"},
	"zh-CN": {root + "deploy/prometheus/zh-CN/alerts.rules.yml", root + "deploy/grafana/zh-CN/*.json"},
}

// ruleFiles are all rules in English.
var ruleFiles = []string{"recording.rules.yml", "alerts.rules.yml"}

// prometheusRule is an object with the rules of two files in it as they stand, with their
// comments. The note at its top says so in its language.
func prometheusRule(t *testing.T, note string, files ...any) string {
	t.Helper()
	var b strings.Builder
	b.WriteString(fmt.Sprintf(note, files...) + `
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: aliyun-iot-ota-exporter
  labels:
    app.kubernetes.io/name: aliyun-iot-ota-exporter
spec:
  groups:
`)
	for _, file := range files {
		_, groups, found := strings.Cut(readFile(t, fmt.Sprint(root, "deploy/prometheus/", file)), "\ngroups:\n")
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
