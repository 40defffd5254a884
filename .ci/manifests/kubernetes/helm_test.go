package kubernetes_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/lint"
	"helm.sh/helm/v3/pkg/lint/support"
)

// Each way to install the chart makes the objects that it should, which fit together,
// and tells its user what comes next.
func TestReleases(t *testing.T) {
	c := loadChart(t)
	for name, r := range releases {
		t.Run(name, func(t *testing.T) {
			text, notes, err := helmTemplate(c, parseValues(t, r.values))
			if err != nil {
				t.Fatal(err)
			}
			all := decodeObjects(t, text)
			want := append([]string{"Service"}, r.kinds...)
			if !strings.HasPrefix(r.values, "demo: true") {
				want = append(want, "Pod") // of helm test
			}
			if !slices.Contains(r.kinds, "StatefulSet") {
				want = append(want, "Deployment")
			}
			if !slices.Contains(r.theirs, "ServiceAccount mine") {
				want = append(want, "ServiceAccount")
			}
			want = slices.DeleteFunc(want, func(kind string) bool { return kind == r.without })
			if diff := cmp.Diff(slices.Sorted(slices.Values(want)), slices.Sorted(slices.Values(all.kinds()))); diff != "" {
				t.Error(diff)
			}
			demandCoherent(t, all, r.theirs...)
			// Each object goes where the user says, and can be found by its chart.
			for _, object := range all {
				if object.GetNamespace() != "monitored" || object.GetLabels()["helm.sh/chart"] == "" {
					t.Errorf("%s %s: namespace %q, labels %v", kindOf(object), object.GetName(), object.GetNamespace(), object.GetLabels())
				}
			}
			for _, part := range r.notes {
				if !strings.Contains(notes, part) {
					t.Errorf("%q is missing in the notes:\n%s", part, notes)
				}
			}
		})
	}
}

// helm lint has no more to say than hints.
func TestHelmLint(t *testing.T) {
	for name, r := range releases {
		kubernetes := &chartutil.KubeVersion{Version: inACK.kubernetes, Major: "1", Minor: "31"}
		result := lint.AllWithKubeVersion(chartDir, parseValues(t, r.values), inACK.namespace, kubernetes)
		for _, m := range result.Messages {
			if m.Severity > support.InfoSev {
				t.Errorf("%s: %v", name, m)
			}
		}
	}
}

// The packaged chart gives the same objects as the folder: .helmignore leaves out nothing
// that a template reads.
func TestHelmPackage(t *testing.T) {
	folder := loadChart(t)
	file, err := chartutil.Save(folder, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	packed, err := loader.LoadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	// This release uses all templates and files.
	v := parseValues(t, releases["all that Prometheus and Grafana can have"].values)
	want, _, err := helmTemplate(folder, v)
	if err != nil {
		t.Fatal(err)
	}
	got, _, err := helmTemplate(packed, v)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Error(diff)
	}
}
