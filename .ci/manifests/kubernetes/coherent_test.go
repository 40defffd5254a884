package kubernetes_test

import (
	"fmt"
	"slices"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	autoscalingv1 "k8s.io/autoscaler/vertical-pod-autoscaler/pkg/apis/autoscaling.k8s.io/v1"
	podsecurity "k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

// deployment is a set of objects around one Deployment or StatefulSet, which they must
// agree with.
type deployment struct {
	all        objects
	theirs     []string // objects that the user has made: kind and name
	pod        *corev1.PodTemplateSpec
	claims     []string // names of the volumes that each pod has of its own
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
	deployments, sets := of[*appsv1.Deployment](all), of[*appsv1.StatefulSet](all)
	d := &deployment{all: all, theirs: theirs}
	switch {
	case len(deployments)+len(sets) != 1:
		return []string{fmt.Sprintf("%d Deployments and %d StatefulSets, want one", len(deployments), len(sets))}
	case len(sets) == 1:
		d.pod = &sets[0].Spec.Template
		d.shards(sets[0])
		d.scaled(sets[0])
	default:
		d.pod = &deployments[0].Spec.Template
		d.one(deployments[0])
		d.scaled(deployments[0])
	}
	d.names()
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

// shards demands that each pod knows its number and how many there are, and has a state
// file of its own.
func (d *deployment) shards(set *appsv1.StatefulSet) {
	spec := set.Spec
	if !selects(spec.Selector, d.pod.Labels) {
		d.complain("the StatefulSet does not select its own pods")
	}
	container := d.pod.Spec.Containers[0]
	if spec.Replicas == nil || !slices.Contains(container.Args, fmt.Sprint("--total-shards=", *spec.Replicas)) {
		d.complain("the pods do not know how many shards there are")
	}
	numbered := slices.ContainsFunc(container.Env, func(e corev1.EnvVar) bool {
		return e.Name == "POD_INDEX" && e.ValueFrom != nil && e.ValueFrom.FieldRef != nil &&
			e.ValueFrom.FieldRef.FieldPath == "metadata.labels['"+appsv1.PodIndexLabel+"']"
	})
	if !numbered || !slices.Contains(container.Args, "--shard=$(POD_INDEX)") {
		d.complain("the pods do not know which shard they are")
	}
	if service, ok := named[*corev1.Service](d.all, spec.ServiceName); !ok || service.Spec.ClusterIP != corev1.ClusterIPNone {
		d.complain("no headless Service %q", spec.ServiceName)
	}
	// The hash of a revision follows the name in a label of the pods.
	if len(set.Name) > 52 {
		d.complain("the StatefulSet's name is too long for its pods")
	}
	for _, claim := range spec.VolumeClaimTemplates {
		d.claims = append(d.claims, claim.Name)
		for label := range claim.Labels {
			if label == "helm.sh/chart" || label == "app.kubernetes.io/version" {
				d.complain("label %s of the claims changes, which Kubernetes refuses", label)
			}
		}
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
	for _, p := range of[*corev1.Pod](d.all) {
		d.restricted(evaluator, "Pod "+p.Name, &p.ObjectMeta, &p.Spec)
	}
	d.restricted(evaluator, "the pod", &d.pod.ObjectMeta, &d.pod.Spec)
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

// restricted demands the level "restricted" of a pod.
func (d *deployment) restricted(evaluator policy.Evaluator, name string, meta *metav1.ObjectMeta, spec *corev1.PodSpec) {
	level := podsecurity.LevelVersion{Level: podsecurity.LevelRestricted, Version: podsecurity.LatestVersion()}
	if result := policy.AggregateCheckResults(evaluator.EvaluatePod(level, meta, spec)); !result.Allowed {
		d.complain("%s is not restricted: %s", name, result.ForbiddenDetail())
	}
}

// scaled demands that a VerticalPodAutoscaler is about the exporter's container.
func (d *deployment) scaled(workload metav1.Object) {
	for _, v := range of[*autoscalingv1.VerticalPodAutoscaler](d.all) {
		target, policies := v.Spec.TargetRef, v.Spec.ResourcePolicy.ContainerPolicies
		if target == nil || target.Kind != kindOf(workload) || target.Name != workload.GetName() {
			d.complain("the VerticalPodAutoscaler is about %v", target)
		}
		if len(policies) != 1 || policies[0].ContainerName != d.pod.Spec.Containers[0].Name {
			d.complain("the VerticalPodAutoscaler has policies for %v", policies)
		}
	}
}

// exists is whether an object is in the set, or the user has made it.
func (d *deployment) exists(kind, name string) bool {
	return slices.Contains(d.theirs, kind+" "+name) || slices.ContainsFunc(d.all, func(object metav1.Object) bool {
		return kindOf(object) == kind && object.GetName() == name
	})
}
