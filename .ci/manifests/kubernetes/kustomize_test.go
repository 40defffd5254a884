package kubernetes_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// overlays are all overlays, built as a user would apply them.
func overlays(t *testing.T) map[string]objects {
	t.Helper()
	return map[string]objects{
		"demo":       built(t, kustomizeDir+"/overlays/demo"),
		"access-key": built(t, withSecret(t)),
		"rrsa":       built(t, kustomizeDir+"/overlays/rrsa"),
	}
}

// Each overlay makes the objects that it should, and they fit together.
func TestOverlays(t *testing.T) {
	all := overlays(t)
	for name, want := range map[string][]string{
		"demo":       {"Deployment", "Service", "ServiceAccount"},
		"access-key": {"ConfigMap", "Deployment", "PersistentVolumeClaim", "Secret", "Service", "ServiceAccount"},
		"rrsa": {
			"ConfigMap", "ConfigMap", "ConfigMap", "ConfigMap", "Deployment", "NetworkPolicy", "PersistentVolumeClaim",
			"PrometheusRule", "Service", "ServiceAccount", "ServiceMonitor",
		},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(want, slices.Sorted(slices.Values(all[name].kinds()))); diff != "" {
				t.Error(diff)
			}
			demandCoherent(t, all[name])
		})
	}
	if folders := glob(t, kustomizeDir+"/overlays/*"); len(folders) != len(all) {
		t.Errorf("%d overlays, %d are tested", len(folders), len(all))
	}
}

// Without the user's secret the error names the file that is missing, and git ignores
// that file where it is there.
func TestOverlayWithoutItsSecret(t *testing.T) {
	dir := withSecret(t)
	if err := os.Remove(filepath.Join(dir, "access_key_secret")); err != nil {
		t.Fatal(err)
	}
	_, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), dir)
	if err == nil || !strings.Contains(err.Error(), "access_key_secret: no such file") {
		t.Errorf("error %v, want one that names access_key_secret", err)
	}
	for _, overlay := range []string{"/overlays", "/zh-CN/overlays"} {
		ignored := readFile(t, kustomizeDir+overlay+"/access-key/.gitignore")
		if !slices.Contains(strings.Split(ignored, "\n"), "access_key_secret") {
			t.Errorf("git would take the secret in %s: %q", overlay, ignored)
		}
	}
}

// builtBeside builds a user's kustomization that stands in a folder beside deploy.
func builtBeside(t *testing.T, kustomization string) objects {
	t.Helper()
	dir := filepath.Join(copyOfProject(t), "mine")
	writeFile(t, filepath.Join(dir, "kustomization.yaml"), kustomization)
	writeFile(t, filepath.Join(dir, "aliyun_iot_ota_exporter.yml"), "accounts: []")
	return built(t, dir)
}

// With the component empty-dir there is no claim, and the pod is the one that Helm makes
// without persistence.
func TestWithoutAClaim(t *testing.T) {
	all := builtBeside(t, `
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [../deploy/kubernetes/base]
components: [../deploy/kubernetes/components/empty-dir]
configMapGenerator: [{name: aliyun-iot-ota-exporter, files: [aliyun_iot_ota_exporter.yml]}]
`)
	demandCoherent(t, all)
	if claims := of[*corev1.PersistentVolumeClaim](all); len(claims) > 0 {
		t.Error("the claim is still there")
	}
	helm := rendered(t, parseValues(t, aConfig+"persistence: {enabled: false}\nfullnameOverride: aliyun-iot-ota-exporter"))
	agree(t, "pod", plain(podSpec(t, all)), plain(podSpec(t, helm)))
}

// The kustomization that the README shows works. Here it takes the bases from this
// project instead of from a release.
func TestKustomizeREADMEExample(t *testing.T) {
	found := regexp.MustCompile("(?s)\n```yaml\n(.*?)```\n").FindStringSubmatch(readFile(t, kustomizeDir+"/README.md"))
	if found == nil {
		t.Fatal("no kustomization is shown")
	}
	released := regexp.MustCompile(`https://github.com/aliyun-iot-ota/aliyun_iot_ota_exporter//(\S+)\?ref=v(\S+)`)
	for _, version := range released.FindAllStringSubmatch(found[1], -1) {
		if want := loadChart(t).AppVersion(); version[2] != want {
			t.Errorf("it takes version %s, the chart is of %s", version[2], want)
		}
	}
	all := builtBeside(t, released.ReplaceAllString(found[1], "../$1"))
	demandCoherent(t, all)
	if role := the[*corev1.ServiceAccount](t, all).Annotations["pod-identity.alibabacloud.com/role-name"]; role != "iot-ota-reader" {
		t.Errorf("the role is %q", role)
	}
	if image := podSpec(t, all).Containers[0].Image; !strings.HasPrefix(image, "registry.example.com/") {
		t.Errorf("the image is %q", image)
	}
	for _, object := range all {
		if object.GetNamespace() != "monitoring" {
			t.Errorf("%s is in namespace %q", kindOf(object), object.GetNamespace())
		}
	}
	// kube-prometheus-stack looks only at objects with its release's label.
	selected := the[*monitoringv1.ServiceMonitor](t, all).Labels["release"] + " " + the[*monitoringv1.PrometheusRule](t, all).Labels["release"]
	if selected != "kube-prometheus-stack kube-prometheus-stack" {
		t.Errorf("Prometheus would select by %q", selected)
	}
}

// The folder's README names every overlay and component, and none that is not there.
func TestKustomizeREADME(t *testing.T) {
	readme := readFile(t, kustomizeDir+"/README.md")
	named := regexp.MustCompile(`\b(?:overlays|components)/[\w-]+`).FindAllString(readme, -1)
	for _, kind := range []string{"overlays", "components"} {
		for _, folder := range glob(t, filepath.Join(kustomizeDir, kind, "*")) {
			if name := kind + "/" + filepath.Base(folder); !slices.Contains(named, name) {
				t.Errorf("%s is not in the README", name)
			}
		}
	}
	for _, name := range named {
		if _, err := os.Stat(filepath.Join(kustomizeDir, name)); err != nil {
			t.Errorf("the README names %s: %v", name, err)
		}
	}
}
