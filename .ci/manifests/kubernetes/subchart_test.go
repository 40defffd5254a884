package kubernetes_test

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
)

// parentChart is a user's chart that has this one as a conditional dependency, or several
// times, by aliases.
func parentChart(t *testing.T, aliases ...string) *chart.Chart {
	t.Helper()
	dir := t.TempDir()
	if len(aliases) == 0 {
		aliases = []string{""}
	}
	var dependencies, off strings.Builder
	for _, alias := range aliases {
		name := cmp.Or(alias, "aliyun-iot-ota-exporter")
		fmt.Fprintf(&dependencies, "  - name: aliyun-iot-ota-exporter\n    alias: %s\n    version: %s\n    condition: %s.enabled\n",
			alias, loadChart(t).Metadata.Version, name)
		fmt.Fprintf(&off, "%s: {enabled: false}\n", name)
	}
	writeFile(t, filepath.Join(dir, "Chart.yaml"), `
apiVersion: v2
name: parent
version: 1.0.0
dependencies:
`+dependencies.String())
	writeFile(t, filepath.Join(dir, "values.yaml"), off.String())
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

// A parent chart can have a pair, by two aliases: the objects of each are its own, none
// selects the pod of the other one, and Prometheus takes both for one job.
func TestPairInOneRelease(t *testing.T) {
	const each = ":\n  enabled: true\n  namespaceOverride: iot\n  %s\n  config: {accounts: [{name: production, region: cn-shanghai, instances: [{jobs: [job1]}]}]}\n"
	for _, monitor := range []string{"serviceMonitor", "podMonitor"} {
		enabled := strings.ReplaceAll(each, "%s", monitor+": {enabled: true}")
		parent := parentChart(t, "ota-a", "ota-b")
		text, _, err := helmTemplate(parent, parseValues(t, "ota-a"+enabled+"ota-b"+enabled))
		if err != nil {
			t.Fatal(err)
		}
		parts := map[string]objects{}
		for _, object := range decodeObjects(t, text) {
			alias := strings.TrimSuffix(strings.TrimPrefix(object.GetName(), "ota-"), "-check")
			parts[alias] = append(parts[alias], object)
			if object.GetNamespace() != "iot" {
				t.Errorf("%s %s is in namespace %s", kindOf(object), object.GetName(), object.GetNamespace())
			}
		}
		if len(parts) != 2 || len(parts["ota-a"]) != len(parts["ota-b"]) {
			t.Fatalf("%d parts: %v and %v", len(parts), parts["ota-a"].kinds(), parts["ota-b"].kinds())
		}
		for alias, other := range map[string]string{"ota-a": "ota-b", "ota-b": "ota-a"} {
			demandCoherent(t, parts[alias])
			// With the other's pod instead, nothing may fit any more.
			mixed := append(objects{}, parts[other]...)
			for i, object := range mixed {
				if kindOf(object) == "Deployment" {
					mixed[i] = the[*appsv1.Deployment](t, parts[alias])
				}
			}
			if complaints := complaintsAbout(mixed); !slices.ContainsFunc(complaints, func(c string) bool { return strings.Contains(c, "does not select the pods") }) {
				t.Errorf("the objects of %s select the pod of %s: %q", other, alias, complaints)
			}
			if job := jobOf(t, parts[alias]); job != "aliyun-iot-ota-exporter" {
				t.Errorf("the job of %s is %q", alias, job)
			}
		}
	}
}

// The job of Prometheus has one name, whatever the names and labels of the objects are.
// The alerts look for it there.
func TestJob(t *testing.T) {
	for _, monitor := range []string{"serviceMonitor", "podMonitor"} {
		for _, names := range []string{"", "fullnameOverride: x", "nameOverride: x", "commonLabels: {a: b}\nshards: 2", "commonLabels: {app.kubernetes.io/part-of: platform}"} {
			all := rendered(t, parseValues(t, aConfig+monitor+": {enabled: true}\n"+names))
			if job := jobOf(t, all); job != "aliyun-iot-ota-exporter" {
				t.Errorf("%s, %s: the job is %q", monitor, names, job)
			}
		}
	}
	own := rendered(t, parseValues(t, aConfig+"serviceMonitor: {enabled: true, jobLabel: team}\ncommonLabels: {team: iot}"))
	if job := jobOf(t, own); job != "iot" {
		t.Errorf("with a jobLabel, the job is %q", job)
	}
	kustomize := built(t, kustomizeDir+"/overlays/rrsa")
	if job := jobOf(t, kustomize); job != "aliyun-iot-ota-exporter" {
		t.Errorf("kustomize: the job is %q", job)
	}
}

// jobOf is the label job that the Prometheus Operator gives to the series.
func jobOf(t *testing.T, all objects) string {
	t.Helper()
	if monitors := of[*monitoringv1.PodMonitor](all); len(monitors) > 0 {
		m := monitors[0]
		job := cmp.Or(podLabels(t, all)[m.Spec.JobLabel], m.Namespace+"/"+m.Name)
		return relabeledJob(job, m.Spec.PodMetricsEndpoints[0].RelabelConfigs)
	}
	m, services := the[*monitoringv1.ServiceMonitor](t, all), of[*corev1.Service](all)
	job := cmp.Or(services[0].Labels[m.Spec.JobLabel], services[0].Name)
	return relabeledJob(job, m.Spec.Endpoints[0].RelabelConfigs)
}

// relabeledJob is the label job after changes that set it to one value.
func relabeledJob(job string, changes []monitoringv1.RelabelConfig) string {
	for _, c := range changes {
		if c.TargetLabel == "job" && c.Action == "replace" && len(c.SourceLabels) == 0 {
			job = *c.Replacement
		}
	}
	return job
}
