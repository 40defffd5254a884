package kubernetes_test

import (
	"fmt"
	"strings"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	autoscalingv1 "k8s.io/autoscaler/vertical-pod-autoscaler/pkg/apis/autoscaling.k8s.io/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	strictjson "sigs.k8s.io/json"
	"sigs.k8s.io/yaml"
)

// objects are what a cluster would be asked to create.
type objects []metav1.Object

// newObject has a constructor for every kind that this project deploys.
var newObject = map[string]func() metav1.Object{
	"apps/v1 Deployment":                          func() metav1.Object { return &appsv1.Deployment{} },
	"apps/v1 StatefulSet":                         func() metav1.Object { return &appsv1.StatefulSet{} },
	"v1 Pod":                                      func() metav1.Object { return &corev1.Pod{} },
	"v1 ConfigMap":                                func() metav1.Object { return &corev1.ConfigMap{} },
	"v1 PersistentVolumeClaim":                    func() metav1.Object { return &corev1.PersistentVolumeClaim{} },
	"v1 Secret":                                   func() metav1.Object { return &corev1.Secret{} },
	"v1 Service":                                  func() metav1.Object { return &corev1.Service{} },
	"v1 ServiceAccount":                           func() metav1.Object { return &corev1.ServiceAccount{} },
	"networking.k8s.io/v1 Ingress":                func() metav1.Object { return &networkingv1.Ingress{} },
	"policy/v1 PodDisruptionBudget":               func() metav1.Object { return &policyv1.PodDisruptionBudget{} },
	"networking.k8s.io/v1 NetworkPolicy":          func() metav1.Object { return &networkingv1.NetworkPolicy{} },
	"monitoring.coreos.com/v1 PrometheusRule":     func() metav1.Object { return &monitoringv1.PrometheusRule{} },
	"monitoring.coreos.com/v1 ServiceMonitor":     func() metav1.Object { return &monitoringv1.ServiceMonitor{} },
	"monitoring.coreos.com/v1 PodMonitor":         func() metav1.Object { return &monitoringv1.PodMonitor{} },
	"autoscaling.k8s.io/v1 VerticalPodAutoscaler": func() metav1.Object { return &autoscalingv1.VerticalPodAutoscaler{} },
	"gateway.networking.k8s.io/v1 HTTPRoute":      func() metav1.Object { return &gatewayv1.HTTPRoute{} },
}

// decodeObject is as strict as a server with --validate=strict: a key that is unknown,
// is given twice or has the wrong case is an error.
func decodeObject(t *testing.T, document []byte) metav1.Object {
	t.Helper()
	text, err := yaml.YAMLToJSONStrict(document)
	if err != nil {
		t.Fatalf("%v in\n%s", err, document)
	}
	var is metav1.TypeMeta
	if err := yaml.Unmarshal(document, &is); err != nil {
		t.Fatalf("%v in\n%s", err, document)
	}
	kind := is.APIVersion + " " + is.Kind
	if newObject[kind] == nil {
		t.Fatalf("a kind that is not expected, %q, in\n%s", kind, document)
	}
	object := newObject[kind]()
	problems, err := strictjson.UnmarshalStrict(text, object)
	if err != nil || len(problems) > 0 {
		t.Errorf("%s: %v %v in\n%s", kind, problems, err, document)
	}
	return object
}

// decodeObjects decodes the documents of a file. Some may be empty.
func decodeObjects(t *testing.T, text []byte) (all objects) {
	t.Helper()
	for document := range strings.SplitSeq("\n"+string(text), "\n---\n") {
		var content any
		if err := yaml.Unmarshal([]byte(document), &content); err != nil {
			t.Fatalf("%v in\n%s", err, document)
		}
		if content != nil {
			all = append(all, decodeObject(t, []byte(document+"\n")))
		}
	}
	return all
}

// kindOf is the kind of an object, such as Deployment.
func kindOf(object metav1.Object) string {
	kind := fmt.Sprintf("%T", object)
	return kind[strings.LastIndex(kind, ".")+1:]
}

// of gives all objects of a kind.
func of[T metav1.Object](all objects) (found []T) {
	for _, object := range all {
		if object, ok := object.(T); ok {
			found = append(found, object)
		}
	}
	return found
}

// named finds an object by kind and name.
func named[T metav1.Object](all objects, name string) (object T, ok bool) {
	for _, object := range of[T](all) {
		if object.GetName() == name {
			return object, true
		}
	}
	return object, false
}

// the gives the only object of a kind.
func the[T metav1.Object](t *testing.T, all objects) (object T) {
	t.Helper()
	found := of[T](all)
	if len(found) != 1 {
		t.Fatalf("%d objects of type %T, want one", len(found), object)
	}
	return found[0]
}

// kinds has the kind of each object, in their order.
func (all objects) kinds() []string {
	var kinds []string
	for _, object := range all {
		kinds = append(kinds, kindOf(object))
	}
	return kinds
}
