package kubernetes_test

import (
	"cmp"
	"path/filepath"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// podSpec is the specification of the pods of the Deployment or StatefulSet.
func podSpec(t *testing.T, all objects) corev1.PodSpec {
	t.Helper()
	if sets := of[*appsv1.StatefulSet](all); len(sets) > 0 {
		return sets[0].Spec.Template.Spec
	}
	return the[*appsv1.Deployment](t, all).Spec.Template.Spec
}

// podLabels are the labels of these pods.
func podLabels(t *testing.T, all objects) map[string]string {
	t.Helper()
	if sets := of[*appsv1.StatefulSet](all); len(sets) > 0 {
		return sets[0].Spec.Template.Labels
	}
	return the[*appsv1.Deployment](t, all).Spec.Template.Labels
}

// A new configuration makes a new pod. A new secret does not, because the exporter takes
// it up without a restart.
func TestWhatMakesANewPod(t *testing.T) {
	for name, podWith := range map[string]func(config, secret string) corev1.PodTemplateSpec{
		"kustomize": func(config, secret string) corev1.PodTemplateSpec {
			dir := withSecret(t)
			writeFile(t, filepath.Join(dir, "aliyun_iot_ota_exporter.yml"), config)
			writeFile(t, filepath.Join(dir, "access_key_secret"), secret)
			return the[*appsv1.Deployment](t, built(t, dir)).Spec.Template
		},
		"helm": func(config, secret string) corev1.PodTemplateSpec {
			v := values{"config": config, "secret": values{"access_key_secret": secret}}
			return the[*appsv1.Deployment](t, rendered(t, v)).Spec.Template
		},
	} {
		was := podWith("accounts: []", "one")
		if diff := gocmp.Diff(was, podWith("accounts: []", "another")); diff != "" {
			t.Errorf("%s: a new secret makes a new pod:\n%s", name, diff)
		}
		if gocmp.Equal(was, podWith("accounts: [{}]", "one")) {
			t.Errorf("%s: a new configuration makes no new pod", name)
		}
	}
}

// Helm and kustomize make the same pod, and the same objects around it.
func TestHelmAndKustomizeAgree(t *testing.T) {
	const sameName = "\nfullnameOverride: aliyun-iot-ota-exporter\n"
	all := overlays(t)
	for overlay, text := range map[string]string{
		"demo":       "demo: true" + sameName,
		"access-key": aKey + sameName + "secret: {access_key_secret: made-up}",
		"rrsa": aConfig + sameName + "rrsa: {roleName: aliyun-iot-ota-exporter}\nnetworkPolicy: {enabled: true}\n" +
			"persistence: {size: 20Gi, storageClassName: alicloud-disk-topology-alltype}",
	} {
		t.Run(overlay, func(t *testing.T) {
			kustomize, helm := all[overlay], rendered(t, parseValues(t, text))
			agree(t, "pod", plain(podSpec(t, kustomize)), plain(podSpec(t, helm)))
			agree(t, "strategy", the[*appsv1.Deployment](t, kustomize).Spec.Strategy, the[*appsv1.Deployment](t, helm).Spec.Strategy)
			agree(t, "ports of the Service", the[*corev1.Service](t, kustomize).Spec.Ports, the[*corev1.Service](t, helm).Spec.Ports)
			agree(t, "annotations for RRSA", the[*corev1.ServiceAccount](t, kustomize).Annotations, the[*corev1.ServiceAccount](t, helm).Annotations)
			const injection = "pod-identity.alibabacloud.com/injection"
			agree(t, "label for RRSA", the[*appsv1.Deployment](t, kustomize).Spec.Template.Labels[injection], the[*appsv1.Deployment](t, helm).Spec.Template.Labels[injection])
			if overlay != "demo" { // which keeps no state
				agree(t, "claim", the[*corev1.PersistentVolumeClaim](t, kustomize).Spec, the[*corev1.PersistentVolumeClaim](t, helm).Spec)
			}
			if overlay == "rrsa" {
				k, h := the[*networkingv1.NetworkPolicy](t, kustomize).Spec, the[*networkingv1.NetworkPolicy](t, helm).Spec
				agree(t, "ways in", k.Ingress, h.Ingress)
				agree(t, "ways out", k.Egress, h.Egress)
			}
		})
	}
}

// agree demands that Helm and kustomize make the same of something.
func agree[T any](t *testing.T, what string, kustomize, helm T) {
	t.Helper()
	amounts := gocmp.Comparer(func(a, b resource.Quantity) bool { return a.Cmp(b) == 0 })
	if diff := gocmp.Diff(kustomize, helm, amounts); diff != "" {
		t.Errorf("%s, kustomize (-) and helm (+):\n%s", what, diff)
	}
}

// plain is a pod without what may differ between the two: the order of volumes, the hash
// in the name of a ConfigMap, and a default that only Helm spells out.
func plain(spec corev1.PodSpec) corev1.PodSpec {
	spec = *spec.DeepCopy()
	slices.SortFunc(spec.Volumes, func(a, b corev1.Volume) int { return cmp.Compare(a.Name, b.Name) })
	c := &spec.Containers[0]
	slices.SortFunc(c.VolumeMounts, func(a, b corev1.VolumeMount) int { return cmp.Compare(a.Name, b.Name) })
	if c.ImagePullPolicy == corev1.PullIfNotPresent {
		c.ImagePullPolicy = ""
	}
	for _, v := range spec.Volumes {
		if v.ConfigMap != nil {
			v.ConfigMap.Name = ""
		}
	}
	return spec
}
