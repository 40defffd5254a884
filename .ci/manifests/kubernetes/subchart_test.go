package kubernetes_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"
)

// parentChart is a user's chart that has this one as a conditional dependency.
func parentChart(t *testing.T) *chart.Chart {
	t.Helper()
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "Chart.yaml"), `
apiVersion: v2
name: parent
version: 1.0.0
dependencies:
  - name: aliyun-iot-ota-exporter
    version: `+loadChart(t).Metadata.Version+`
    condition: aliyun-iot-ota-exporter.enabled
`)
	writeFile(t, filepath.Join(dir, "values.yaml"), "aliyun-iot-ota-exporter: {enabled: false}")
	if err := os.CopyFS(filepath.Join(dir, "charts/aliyun-iot-ota-exporter"), os.DirFS(chartDir)); err != nil {
		t.Fatal(err)
	}
	c, err := loader.LoadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// A parent chart can leave this one out by a condition, and sets the registry for all its
// charts. What it says in global to other charts is no error here.
func TestSubchart(t *testing.T) {
	const global = "global: {imageRegistry: mirror.example.com, imagePullSecrets: [{name: pull}], other: {a: b}}\n"
	text, notes, err := helmTemplate(parentChart(t), parseValues(t, global))
	if all := decodeObjects(t, text); err != nil || len(all) > 0 || notes != "" {
		t.Errorf("switched off: %v, error %v, notes %q", all.kinds(), err, notes)
	}

	on := "aliyun-iot-ota-exporter:\n  enabled: true\n  serviceMonitor: {enabled: true}" + strings.ReplaceAll(aConfig, "\n", "\n  ")
	text, _, err = helmTemplate(parentChart(t), parseValues(t, global+on))
	if err != nil {
		t.Fatal(err)
	}
	all := decodeObjects(t, text)
	demandCoherent(t, all)
	spec := podSpec(t, all)
	if image := spec.Containers[0].Image; !strings.HasPrefix(image, "mirror.example.com/aliyun-iot-ota/") {
		t.Errorf("the image is %s", image)
	}
	if len(spec.ImagePullSecrets) != 1 || spec.ImagePullSecrets[0].Name != "pull" {
		t.Errorf("the image is pulled with %v", spec.ImagePullSecrets)
	}

	if _, _, err := helmTemplate(parentChart(t), parseValues(t, on+"\n  resouces: {}")); err == nil || !strings.Contains(err.Error(), "'resouces' not allowed") {
		t.Errorf("a typo in the parent's values: %v", err)
	}
	if _, _, err := helmTemplate(parentChart(t), parseValues(t, on+"\nglobal: null")); err != nil {
		t.Errorf("no global: %v", err)
	}
}
