package kubernetes_test

import (
	"slices"
	"strings"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// complaintsAbout finds each fault that it is there to find. Each case is named after
// the complaint, and causes it by one change to objects that are good.
func TestComplaints(t *testing.T) {
	// Changes to a pod, to its container, and to a NetworkPolicy.
	pod := func(change func(*corev1.PodSpec)) func(*testing.T, objects) {
		return func(t *testing.T, all objects) { change(&the[*appsv1.Deployment](t, all).Spec.Template.Spec) }
	}
	container := func(change func(*corev1.Container)) func(*testing.T, objects) {
		return pod(func(s *corev1.PodSpec) { change(&s.Containers[0]) })
	}
	policy := func(change func(*networkingv1.NetworkPolicySpec)) func(*testing.T, objects) {
		return func(t *testing.T, all objects) { change(&the[*networkingv1.NetworkPolicy](t, all).Spec) }
	}
	for want, broken := range map[string]func(*testing.T, objects){
		"not one replica": func(t *testing.T, all objects) {
			two := int32(2)
			the[*appsv1.Deployment](t, all).Spec.Replicas = &two
		},
		`strategy "" lets two exporters run`: func(t *testing.T, all objects) { the[*appsv1.Deployment](t, all).Spec.Strategy.Type = "" },
		"does not select its own pods": func(t *testing.T, all objects) {
			the[*appsv1.Deployment](t, all).Spec.Selector.MatchLabels = map[string]string{"app": "other"}
		},
		"runAsNonRoot != true":              pod(func(s *corev1.PodSpec) { s.SecurityContext.RunAsNonRoot = nil }),
		"seccompProfile":                    pod(func(s *corev1.PodSpec) { s.SecurityContext.SeccompProfile = nil }),
		"the volumes are not for the user":  pod(func(s *corev1.PodSpec) { s.SecurityContext.FSGroup = nil }),
		"unrestricted capabilities":         container(func(c *corev1.Container) { c.SecurityContext.Capabilities = nil }),
		"allowPrivilegeEscalation != false": container(func(c *corev1.Container) { c.SecurityContext.AllowPrivilegeEscalation = nil }),
		"can be written to":                 container(func(c *corev1.Container) { c.SecurityContext.ReadOnlyRootFilesystem = nil }),
		"no request of cpu":                 container(func(c *corev1.Container) { delete(c.Resources.Requests, corev1.ResourceCPU) }),
		"less memory than is requested":     container(func(c *corev1.Container) { delete(c.Resources.Limits, corev1.ResourceMemory) }),
		"gets a token for Kubernetes":       pod(func(s *corev1.PodSpec) { s.AutomountServiceAccountToken = nil }),
		"variables that begin like those":   pod(func(s *corev1.PodSpec) { s.EnableServiceLinks = nil }),
		"too little time to write":          pod(func(s *corev1.PodSpec) { *s.TerminationGracePeriodSeconds = 1 }),
		`no ServiceAccount "other"`:         pod(func(s *corev1.PodSpec) { s.ServiceAccountName = "other" }),
		"no ConfigMap": func(t *testing.T, all objects) {
			for _, c := range of[*corev1.ConfigMap](all) {
				c.Name += "-other"
			}
		},
		"no PersistentVolumeClaim": func(t *testing.T, all objects) { the[*corev1.PersistentVolumeClaim](t, all).Name = "other" },
		`no Secret "absent"`: pod(func(s *corev1.PodSpec) {
			s.Volumes[0].VolumeSource = corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: "absent"}}
		}),
		"lie in each other": container(func(c *corev1.Container) {
			c.VolumeMounts[1].MountPath = c.VolumeMounts[0].MountPath + "/deeper"
		}),
		"volumes [config state], mounted are [config]": container(func(c *corev1.Container) { c.VolumeMounts = c.VolumeMounts[:1] }),
		"/aliyun_iot_ota_exporter: read-only is false": container(func(c *corev1.Container) { c.VolumeMounts[0].ReadOnly = false }),
		"a probe is missing":                           container(func(c *corev1.Container) { c.LivenessProbe = nil }),
		"does not ask by TCP alone": container(func(c *corev1.Container) {
			c.ReadinessProbe.ProbeHandler = corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: "/-/ready", Port: intstr.FromString("metrics")}}
		}),
		"a probe asks port web":     container(func(c *corev1.Container) { c.LivenessProbe.TCPSocket.Port = intstr.FromString("web") }),
		"/elsewhere is not mounted": container(func(c *corev1.Container) { c.Args = append(c.Args, "--web.config.file=/elsewhere") }),
		"in a volume that is read-only: true": container(func(c *corev1.Container) {
			c.Args = append(c.Args, "--persistence.file=/etc/aliyun_iot_ota_exporter/state")
		}),
		"other.yml is not in ConfigMap": container(func(c *corev1.Container) {
			c.Args = append(c.Args, "--config.file=/etc/aliyun_iot_ota_exporter/other.yml")
		}),
		"the Service does not select": func(t *testing.T, all objects) { the[*corev1.Service](t, all).Spec.Selector = nil },
		"the Service leads to port web": func(t *testing.T, all objects) {
			the[*corev1.Service](t, all).Spec.Ports[0].TargetPort = intstr.FromString("web")
		},
		"the ServiceMonitor selects 0 Services": func(t *testing.T, all objects) { the[*corev1.Service](t, all).Labels = nil },
		`the ServiceMonitor names port ""`:      func(t *testing.T, all objects) { the[*monitoringv1.ServiceMonitor](t, all).Spec.Endpoints[0].Port = "" },
		"the NetworkPolicy does not select":     policy(func(s *networkingv1.NetworkPolicySpec) { s.PodSelector = metav1.LabelSelector{} }),
		"the NetworkPolicy is about [":          policy(func(s *networkingv1.NetworkPolicySpec) { s.PolicyTypes = s.PolicyTypes[:1] }),
		"lets everyone in":                      policy(func(s *networkingv1.NetworkPolicySpec) { s.Ingress[0].From = nil }),
		"opens port 80":                         policy(func(s *networkingv1.NetworkPolicySpec) { *s.Ingress[0].Ports[0].Port = intstr.FromInt32(80) }),
		"does not let UDP 53 out":               policy(func(s *networkingv1.NetworkPolicySpec) { s.Egress = s.Egress[1:] }),
		"does not let TCP 443 out":              policy(func(s *networkingv1.NetworkPolicySpec) { s.Egress = s.Egress[:1] }),
		"is there twice": func(t *testing.T, all objects) {
			for _, c := range of[*corev1.ConfigMap](all) {
				c.Name = "one"
			}
		},
	} {
		t.Run(want, func(t *testing.T) {
			all := built(t, kustomizeDir+"/overlays/rrsa")
			broken(t, all)
			complaints := complaintsAbout(all)
			if !slices.ContainsFunc(complaints, func(c string) bool { return strings.Contains(c, want) }) {
				t.Errorf("complaints %q, want %q", complaints, want)
			}
		})
	}
}
