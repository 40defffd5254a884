package kubernetes_test

import (
	"fmt"
	"slices"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	podsecurity "k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

// deployment is a set of objects around one Deployment, which they must agree with.
type deployment struct {
	all        objects
	theirs     []string // objects that the user has made: kind and name
	pod        *corev1.PodTemplateSpec
	complaints []string
}

func (d *deployment) complain(format string, args ...any) {
	d.complaints = append(d.complaints, fmt.Sprintf(format, args...))
}

// demandCoherent fails the test for each of the complaints.
func demandCoherent(t *testing.T, all objects, theirs ...string) {
	t.Helper()
	for _, complaint := range complaintsAbout(all, theirs...) {
		t.Error(complaint)
	}
}

// complaintsAbout finds what is wrong with objects, beyond what their types would not
// allow. It does not know whether Helm or kustomize made them.
func complaintsAbout(all objects, theirs ...string) []string {
	deployments := of[*appsv1.Deployment](all)
	if len(deployments) != 1 {
		return []string{fmt.Sprintf("%d Deployments, want one", len(deployments))}
	}
	d := &deployment{all: all, theirs: theirs, pod: &deployments[0].Spec.Template}
	d.names()
	d.one(deployments[0])
	d.secure()
	d.volumes()
	d.probes()
	d.paths()
	d.reachable()
	return d.complaints
}

// names demands that they are unique within a kind and a namespace.
func (d *deployment) names() {
	seen := map[string]bool{}
	for _, object := range d.all {
		id := kindOf(object) + " " + object.GetNamespace() + "/" + object.GetName()
		if seen[id] {
			d.complain("%s is there twice", id)
		}
		seen[id] = true
	}
}

// one demands that at no time more than one exporter runs: two would share one rate
// budget.
func (d *deployment) one(deployment *appsv1.Deployment) {
	spec := deployment.Spec
	if spec.Replicas == nil || *spec.Replicas != 1 {
		d.complain("not one replica")
	}
	if spec.Strategy.Type != appsv1.RecreateDeploymentStrategyType || spec.Strategy.RollingUpdate != nil {
		d.complain("strategy %q lets two exporters run", spec.Strategy.Type)
	}
	if !selects(spec.Selector, d.pod.Labels) {
		d.complain("the Deployment does not select its own pods")
	}
}

// secure demands the level "restricted" of Kubernetes's Pod Security Standards, and some
// things that those leave open.
func (d *deployment) secure() {
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		d.complain("Pod Security Standards: %v", err)
		return
	}
	restricted := podsecurity.LevelVersion{Level: podsecurity.LevelRestricted, Version: podsecurity.LatestVersion()}
	if result := policy.AggregateCheckResults(evaluator.EvaluatePod(restricted, &d.pod.ObjectMeta, &d.pod.Spec)); !result.Allowed {
		d.complain("not restricted: %s", result.ForbiddenDetail())
	}
	spec := d.pod.Spec
	for _, c := range spec.Containers {
		if s := c.SecurityContext; s == nil || s.ReadOnlyRootFilesystem == nil || !*s.ReadOnlyRootFilesystem {
			d.complain("the root filesystem can be written to")
		}
		for _, resource := range []corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory} {
			if requested := c.Resources.Requests[resource]; requested.Sign() <= 0 {
				d.complain("no request of %s", resource)
			}
		}
		if c.Resources.Limits.Memory().Cmp(*c.Resources.Requests.Memory()) < 0 {
			d.complain("less memory than is requested")
		}
	}
	if s := spec.SecurityContext; s == nil || s.FSGroup == nil || s.RunAsUser == nil || *s.RunAsUser != *s.FSGroup {
		d.complain("the volumes are not for the user of the process")
	}
	if spec.AutomountServiceAccountToken == nil || *spec.AutomountServiceAccountToken {
		d.complain("the pod gets a token for Kubernetes")
	}
	if spec.EnableServiceLinks == nil || *spec.EnableServiceLinks {
		d.complain("the pod gets variables that begin like those of the flags")
	}
	if grace := spec.TerminationGracePeriodSeconds; grace == nil || *grace < 10 {
		d.complain("too little time to write the state")
	}
	if name := spec.ServiceAccountName; !d.exists("ServiceAccount", name) {
		d.complain("no ServiceAccount %q", name)
	}
}

// exists is whether an object is in the set, or the user has made it.
func (d *deployment) exists(kind, name string) bool {
	return slices.Contains(d.theirs, kind+" "+name) || slices.ContainsFunc(d.all, func(object metav1.Object) bool {
		return kindOf(object) == kind && object.GetName() == name
	})
}
