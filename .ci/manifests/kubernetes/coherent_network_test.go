package kubernetes_test

import (
	"fmt"
	"slices"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// probes demands that they only open a connection. Basic auth would refuse a request.
func (d *deployment) probes() {
	for _, probe := range []*corev1.Probe{d.pod.Spec.Containers[0].LivenessProbe, d.pod.Spec.Containers[0].ReadinessProbe} {
		if probe == nil || probe.TCPSocket == nil {
			d.complain("a probe is missing, or does not ask by TCP alone")
		} else if d.port(probe.TCPSocket.Port.String()) == 0 {
			d.complain("a probe asks port %s", probe.TCPSocket.Port.String())
		}
	}
}

// port is the number of a port of the pod by its name, 0 if it has none.
func (d *deployment) port(name string) int32 {
	for _, c := range d.pod.Spec.Containers {
		for _, p := range c.Ports {
			if p.Name == name {
				return p.ContainerPort
			}
		}
	}
	return 0
}

// reachable demands that Prometheus finds the pod, through each object on the way.
func (d *deployment) reachable() {
	services := of[*corev1.Service](d.all)
	if len(services) == 0 && len(of[*monitoringv1.PodMonitor](d.all)) == 0 {
		d.complain("no Service leads to the pods")
	}
	for _, service := range services {
		if !selects(&metav1.LabelSelector{MatchLabels: service.Spec.Selector}, d.pod.Labels) {
			d.complain("the Service does not select the pods")
		}
		for _, p := range service.Spec.Ports {
			if d.port(p.TargetPort.String()) == 0 {
				d.complain("the Service leads to port %s", p.TargetPort.String())
			}
		}
	}
	for _, m := range of[*monitoringv1.ServiceMonitor](d.all) {
		d.scraped(m, services)
	}
	for _, i := range of[*networkingv1.Ingress](d.all) {
		d.opened(i, services)
	}
	for _, r := range of[*gatewayv1.HTTPRoute](d.all) {
		d.routed(r, services)
	}
	for _, m := range of[*monitoringv1.PodMonitor](d.all) {
		d.scrapedDirectly(m)
	}
	for _, p := range of[*networkingv1.NetworkPolicy](d.all) {
		d.policed(p)
	}
	for _, p := range of[*corev1.Pod](d.all) {
		d.asked(p, services)
	}
}

// opened demands that an Ingress leads to a port of a Service.
func (d *deployment) opened(i *networkingv1.Ingress, services []*corev1.Service) {
	for _, rule := range i.Spec.Rules {
		for _, path := range rule.HTTP.Paths {
			backend := path.Backend.Service
			if !leads(services, backend.Name, func(p corev1.ServicePort) bool { return p.Name == backend.Port.Name }) {
				d.complain("the Ingress leads to port %q of Service %q", backend.Port.Name, backend.Name)
			}
		}
	}
}

// routed demands the same of an HTTPRoute.
func (d *deployment) routed(r *gatewayv1.HTTPRoute, services []*corev1.Service) {
	if len(r.Spec.ParentRefs) == 0 {
		d.complain("the HTTPRoute belongs to no Gateway")
	}
	for _, rule := range r.Spec.Rules {
		for _, backend := range rule.BackendRefs {
			if !leads(services, string(backend.Name), func(p corev1.ServicePort) bool { return p.Port == *backend.Port }) {
				d.complain("the HTTPRoute leads to port %d of Service %q", *backend.Port, backend.Name)
			}
		}
	}
}

// leads is whether a Service has such a port.
func leads(services []*corev1.Service, name string, is func(corev1.ServicePort) bool) bool {
	return slices.ContainsFunc(services, func(s *corev1.Service) bool {
		return s.Name == name && slices.ContainsFunc(s.Spec.Ports, is)
	})
}

// asked demands of a pod of helm test that no Service and no controller takes it for one
// of the exporter's, and that it may call the API as the exporter may.
func (d *deployment) asked(p *corev1.Pod, services []*corev1.Service) {
	for _, s := range services {
		if selects(&metav1.LabelSelector{MatchLabels: s.Spec.Selector}, p.Labels) {
			d.complain("the Service leads to Pod %s", p.Name)
		}
	}
	for _, m := range of[*monitoringv1.PodMonitor](d.all) {
		if selects(&m.Spec.Selector, p.Labels) {
			d.complain("the PodMonitor selects Pod %s", p.Name)
		}
	}
	for _, n := range of[*networkingv1.NetworkPolicy](d.all) {
		if !selects(&n.Spec.PodSelector, p.Labels) {
			d.complain("the NetworkPolicy does not select Pod %s", p.Name)
		}
	}
}

// policed demands that a NetworkPolicy is about this pod, lets no one in but whom it
// names, and lets DNS and HTTPS out.
func (d *deployment) policed(p *networkingv1.NetworkPolicy) {
	if !selects(&p.Spec.PodSelector, d.pod.Labels) {
		d.complain("the NetworkPolicy does not select the pods")
	}
	if len(p.Spec.PolicyTypes) != 2 {
		d.complain("the NetworkPolicy is about %v", p.Spec.PolicyTypes)
	}
	for _, rule := range p.Spec.Ingress {
		if len(rule.From) == 0 {
			d.complain("the NetworkPolicy lets everyone in")
		}
		for _, port := range rule.Ports {
			if d.port(port.Port.String()) == 0 {
				d.complain("the NetworkPolicy opens port %s", port.Port.String())
			}
		}
	}
	open := map[string]bool{} // to everywhere, by protocol and port
	for _, rule := range p.Spec.Egress {
		for _, port := range rule.Ports {
			protocol := corev1.ProtocolTCP
			if port.Protocol != nil {
				protocol = *port.Protocol
			}
			open[fmt.Sprint(protocol, " ", port.Port)] = len(rule.To) == 0
		}
	}
	for _, way := range []string{"UDP 53", "TCP 53", "TCP 443"} {
		if !open[way] {
			d.complain("the NetworkPolicy does not let %s out", way)
		}
	}
}

// selects is whether a selector matches a set of labels. It is false for a selector that
// matches everything, because ours must name what they mean.
func selects(selector *metav1.LabelSelector, set map[string]string) bool {
	s, err := metav1.LabelSelectorAsSelector(selector)
	return err == nil && !s.Empty() && s.Matches(labels.Set(set))
}
