// Package kubernetes_test holds the Helm chart and the kustomizations to the types of
// Kubernetes, to each other, and to the program that they run. It is in a module of its
// own, so that nobody who builds the exporter needs the libraries of Helm and Kubernetes.
//
// Run it with go test -count=1, because Go's cache of test results does not notice
// changes to files outside the module.
package kubernetes_test

import (
	"bytes"
	"io"
	"log"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

const (
	root         = "../../../"
	chartDir     = root + "deploy/helm/aliyun-iot-ota-exporter"
	kustomizeDir = root + "deploy/kubernetes"
)

// values are as a user of the chart gives them.
type values = map[string]any

// parseValues reads a values file.
func parseValues(t *testing.T, text string) values {
	t.Helper()
	v, err := chartutil.ReadValues([]byte(text))
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return v
}

func loadChart(t *testing.T) *chart.Chart {
	t.Helper()
	c, err := loader.LoadDir(chartDir)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// installation is where and as what a chart is installed.
type installation struct{ release, namespace, kubernetes string }

// inACK is how most tests install the chart. The suffix of ACK's versions makes them
// older than 1.31.1 for a careless comparison.
var inACK = installation{"ota", "monitored", "v1.31.1-aliyun.1"}

// helmTemplate gives what helm template prints, and the notes. An error is of the schema
// or of a template.
func helmTemplate(c *chart.Chart, v values) (manifests []byte, notes string, err error) {
	return inACK.template(c, v)
}

func (i installation) template(c *chart.Chart, v values) (manifests []byte, notes string, err error) {
	// About a value that has another type than its default Helm only logs a line.
	var warnings bytes.Buffer
	log.SetOutput(&warnings)
	defer log.SetOutput(os.Stderr)
	if err := chartutil.ProcessDependenciesWithMerge(c, v); err != nil {
		return nil, "", err
	}
	release := chartutil.ReleaseOptions{Name: i.release, Namespace: i.namespace, Revision: 1, IsInstall: true}
	capabilities := chartutil.DefaultCapabilities.Copy()
	capabilities.KubeVersion.Version = i.kubernetes
	all, err := chartutil.ToRenderValues(c, v, release, capabilities)
	if err != nil {
		return nil, "", err
	}
	files, err := engine.Render(c, all)
	if err != nil {
		return nil, "", err
	}
	var text bytes.Buffer
	io.Copy(&text, &warnings) // a line in there is no valid YAML, and so fails the test
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if strings.HasSuffix(name, "/NOTES.txt") {
			notes += files[name]
			continue
		}
		text.WriteString("\n---\n" + files[name])
	}
	return text.Bytes(), notes, nil
}

// rendered are the objects of a release.
func rendered(t *testing.T, v values) objects {
	t.Helper()
	text, _, err := helmTemplate(loadChart(t), v)
	if err != nil {
		t.Fatal(err)
	}
	return decodeObjects(t, text)
}

// built are the objects that kubectl kustomize prints.
func built(t *testing.T, dir string) objects {
	t.Helper()
	result, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), dir)
	if err != nil {
		t.Fatal(err)
	}
	text, err := result.AsYaml()
	if err != nil {
		t.Fatal(err)
	}
	return decodeObjects(t, text)
}

// copyOfProject has what kustomize reads of this project, for a test to change.
func copyOfProject(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for _, part := range []string{"deploy/kubernetes", "deploy/grafana", "dashboards"} {
		if err := os.CopyFS(filepath.Join(dir, part), os.DirFS(root+part)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// withSecret is the overlay access-key in a copy of the project, with a secret in the
// file that the overlay asks its user for.
func withSecret(t *testing.T) (dir string) {
	t.Helper()
	dir = filepath.Join(copyOfProject(t), "deploy/kubernetes/overlays/access-key")
	writeFile(t, filepath.Join(dir, "access_key_secret"), "made-up\n")
	return dir
}

// writeFile makes a file and its folder.
func writeFile(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
