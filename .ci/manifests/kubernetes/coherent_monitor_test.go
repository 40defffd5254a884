package kubernetes_test

import (
	"slices"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	corev1 "k8s.io/api/core/v1"
)

// scraped demands that a ServiceMonitor leads to each pod once.
func (d *deployment) scraped(m *monitoringv1.ServiceMonitor, services []*corev1.Service) {
	namespaces := m.Spec.NamespaceSelector.MatchNames
	if len(namespaces) == 0 {
		namespaces = []string{m.Namespace}
	}
	selected := slices.DeleteFunc(slices.Clone(services), func(s *corev1.Service) bool {
		return !selects(&m.Spec.Selector, s.Labels) || !slices.Contains(namespaces, s.Namespace)
	})
	if len(selected) != 1 {
		d.complain("the ServiceMonitor selects %d Services", len(selected))
		return
	}
	// The other one has the labels that targetLabels copies.
	if selected[0].Spec.ClusterIP == corev1.ClusterIPNone {
		d.complain("the ServiceMonitor selects the headless Service")
	}
	for _, e := range m.Spec.Endpoints {
		if !slices.ContainsFunc(selected[0].Spec.Ports, func(p corev1.ServicePort) bool { return p.Name == e.Port }) {
			d.complain("the ServiceMonitor names port %q", e.Port)
		}
	}
}

// scrapedDirectly demands that a PodMonitor selects the pods and a port of theirs.
func (d *deployment) scrapedDirectly(m *monitoringv1.PodMonitor) {
	if !selects(&m.Spec.Selector, d.pod.Labels) {
		d.complain("the PodMonitor does not select the pods")
	}
	for _, e := range m.Spec.PodMetricsEndpoints {
		if e.Port == nil || d.port(*e.Port) == 0 {
			d.complain("the PodMonitor names port %v", e.Port)
		}
	}
}
