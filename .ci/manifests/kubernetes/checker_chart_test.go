package kubernetes_test

import (
	"slices"
	"strings"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	autoscalingv1 "k8s.io/autoscaler/vertical-pod-autoscaler/pkg/apis/autoscaling.k8s.io/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// The same for the objects around a StatefulSet.
func TestComplaintsAboutShards(t *testing.T) {
	set := func(change func(*appsv1.StatefulSetSpec)) func(*testing.T, objects) {
		return func(t *testing.T, all objects) { change(&the[*appsv1.StatefulSet](t, all).Spec) }
	}
	container := func(change func(*corev1.Container)) func(*testing.T, objects) {
		return set(func(s *appsv1.StatefulSetSpec) { change(&s.Template.Spec.Containers[0]) })
	}
	for want, broken := range map[string]func(*testing.T, objects){
		"the StatefulSet does not select": set(func(s *appsv1.StatefulSetSpec) { s.Selector.MatchLabels = map[string]string{"app": "other"} }),
		"how many shards there are":       set(func(s *appsv1.StatefulSetSpec) { *s.Replicas++ }),
		"which shard they are":            container(func(c *corev1.Container) { c.Env = nil }),
		`no headless Service "other"`:     set(func(s *appsv1.StatefulSetSpec) { s.ServiceName = "other" }),
		"name is too long for its pods":   func(t *testing.T, all objects) { the[*appsv1.StatefulSet](t, all).Name = strings.Repeat("x", 53) },
		"label helm.sh/chart of the claims": set(func(s *appsv1.StatefulSetSpec) {
			s.VolumeClaimTemplates[0].Labels["helm.sh/chart"] = "x"
		}),
		"volumes [config], mounted are [config state]": set(func(s *appsv1.StatefulSetSpec) { s.VolumeClaimTemplates = nil }),
		"the ServiceMonitor selects 2 Services": func(t *testing.T, all objects) {
			the[*monitoringv1.ServiceMonitor](t, all).Spec.Selector.MatchExpressions = nil
		},
		"selects the headless Service": func(t *testing.T, all objects) {
			for _, s := range of[*corev1.Service](all) {
				if s.Spec.ClusterIP != corev1.ClusterIPNone {
					s.Labels = nil
				}
			}
			the[*monitoringv1.ServiceMonitor](t, all).Spec.Selector.MatchExpressions = nil
		},
		`the Ingress leads to port "metrics" of Service "other"`: func(t *testing.T, all objects) {
			the[*networkingv1.Ingress](t, all).Spec.Rules[0].HTTP.Paths[0].Backend.Service.Name = "other"
		},
	} {
		t.Run(want, func(t *testing.T) {
			findsFault(t, aConfig+"shards: 2\nserviceMonitor: {enabled: true}\ningress: {enabled: true}", want, broken)
		})
	}
}

// The same for objects that only the chart makes.
func TestComplaintsAboutTheChart(t *testing.T) {
	pod := func(change func(*corev1.Pod)) func(*testing.T, objects) {
		return func(t *testing.T, all objects) { change(the[*corev1.Pod](t, all)) }
	}
	route := func(change func(*gatewayv1.HTTPRouteSpec)) func(*testing.T, objects) {
		return func(t *testing.T, all objects) { change(&the[*gatewayv1.HTTPRoute](t, all).Spec) }
	}
	scaler := func(change func(*autoscalingv1.VerticalPodAutoscalerSpec)) func(*testing.T, objects) {
		return func(t *testing.T, all objects) { change(&the[*autoscalingv1.VerticalPodAutoscaler](t, all).Spec) }
	}
	monitor := func(change func(*monitoringv1.PodMonitorSpec)) func(*testing.T, objects) {
		return func(t *testing.T, all objects) { change(&the[*monitoringv1.PodMonitor](t, all).Spec) }
	}
	for want, broken := range map[string]func(*testing.T, objects){
		"Pod ota-aliyun-iot-ota-exporter-check is not restricted": pod(func(p *corev1.Pod) { p.Spec.SecurityContext = nil }),
		"the Service leads to Pod": func(t *testing.T, all objects) {
			the[*corev1.Pod](t, all).Labels = the[*appsv1.Deployment](t, all).Spec.Template.Labels
		},
		"the NetworkPolicy does not select Pod": pod(func(p *corev1.Pod) { p.Labels = map[string]string{"app": "other"} }),
		"the PodMonitor selects Pod": func(t *testing.T, all objects) {
			the[*corev1.Pod](t, all).Labels = the[*appsv1.Deployment](t, all).Spec.Template.Labels
		},
		"the HTTPRoute belongs to no Gateway": route(func(s *gatewayv1.HTTPRouteSpec) { s.ParentRefs = nil }),
		"the HTTPRoute leads to port 80":      route(func(s *gatewayv1.HTTPRouteSpec) { *s.Rules[0].BackendRefs[0].Port = 80 }),
		`of Service "other"`:                  route(func(s *gatewayv1.HTTPRouteSpec) { s.Rules[0].BackendRefs[0].Name = "other" }),
		"the VerticalPodAutoscaler is about":  scaler(func(s *autoscalingv1.VerticalPodAutoscalerSpec) { s.TargetRef.Kind = "StatefulSet" }),
		"the VerticalPodAutoscaler has policies for": scaler(func(s *autoscalingv1.VerticalPodAutoscalerSpec) {
			s.ResourcePolicy.ContainerPolicies[0].ContainerName = "other"
		}),
		"the PodMonitor does not select the pods": monitor(func(s *monitoringv1.PodMonitorSpec) { s.Selector.MatchLabels = map[string]string{"app": "other"} }),
		"the PodMonitor names port":               monitor(func(s *monitoringv1.PodMonitorSpec) { *s.PodMetricsEndpoints[0].Port = "other" }),
	} {
		t.Run(want, func(t *testing.T) {
			findsFault(t, releases["by a PodMonitor and the Gateway API"].values, want, broken)
		})
	}
}

// findsFault demands that complaintsAbout has nothing to say about a release, and does
// after a change.
func findsFault(t *testing.T, values, want string, broken func(*testing.T, objects)) {
	t.Helper()
	all := rendered(t, parseValues(t, values))
	if complaints := complaintsAbout(all); len(complaints) > 0 {
		t.Fatalf("before: %q", complaints)
	}
	broken(t, all)
	complaints := complaintsAbout(all)
	if !slices.ContainsFunc(complaints, func(c string) bool { return strings.Contains(c, want) }) {
		t.Errorf("complaints %q, want %q", complaints, want)
	}
}
