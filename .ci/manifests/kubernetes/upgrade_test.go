package kubernetes_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
)

// fixed is what Kubernetes refuses to change in an object that exists.
func fixed(all objects) map[string]any {
	parts := map[string]any{}
	for _, d := range of[*appsv1.Deployment](all) {
		parts[d.Name+" selector"] = d.Spec.Selector
	}
	for _, s := range of[*appsv1.StatefulSet](all) {
		parts[s.Name+" selector"] = s.Spec.Selector
		parts[s.Name+" service"] = s.Spec.ServiceName
		parts[s.Name+" claims"] = s.Spec.VolumeClaimTemplates
		parts[s.Name+" management of pods"] = s.Spec.PodManagementPolicy
	}
	for _, c := range of[*corev1.PersistentVolumeClaim](all) {
		parts[c.Name+" claim"] = c.Spec
	}
	for _, s := range of[*corev1.Service](all) {
		parts[s.Name+" address"] = s.Spec.ClusterIP
	}
	return parts
}

// An upgrade of the chart succeeds, also with other values, whose documentation does not
// say otherwise.
func TestUpgradeIsNotRefused(t *testing.T) {
	const changes = `
commonLabels: {team: iot}
commonAnnotations: {a: b}
deploymentLabels: {a: b}
podLabels: {a: b}
service: {type: LoadBalancer, portName: http-metrics, labels: {a: b}}
extraArgs: [--log.format=json]
resources: {limits: {memory: 1Gi}}
containerPort: 8080
minReadySeconds: 5
hostUsers: false
serviceMonitor: {enabled: true}
verticalPodAutoscaler: {enabled: true}
`
	for name, c := range map[string]struct{ before, after string }{
		"one pod":        {"", changes},
		"shards":         {"shards: 2", changes + "shards: 2"},
		"more shards":    {"shards: 2", changes + "shards: 3"},
		"fewer shards":   {"shards: 3", changes + "shards: 2"},
		"the first time": {"", changes + "shards: 3"},
		"the last time":  {"shards: 3", changes},
		"claims that go": {"shards: 3", changes + "shards: 3\npersistence: {retentionPolicy: {whenDeleted: Delete}}"},
	} {
		t.Run(name, func(t *testing.T) {
			before := fixed(rendered(t, parseValues(t, aConfig+c.before)))
			newer := loadChart(t)
			newer.Metadata.Version, newer.Metadata.AppVersion = "9.9.9", "9.9.9"
			text, _, err := helmTemplate(newer, parseValues(t, aConfig+c.after))
			if err != nil {
				t.Fatal(err)
			}
			for part, is := range fixed(decodeObjects(t, text)) {
				if was, existed := before[part]; existed {
					if diff := cmp.Diff(was, is); diff != "" {
						t.Errorf("%s:\n%s", part, diff)
					}
				}
			}
		})
	}
}
