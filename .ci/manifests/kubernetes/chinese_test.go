package kubernetes_test

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	corev1 "k8s.io/api/core/v1"
)

// With the component zh-CN and the Chinese dashboards, a kustomization makes the objects that
// it makes without them, with Chinese texts.
func TestChineseKustomization(t *testing.T) {
	kustomization := `
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [../deploy/kubernetes/base]
components: [../deploy/kubernetes/components/prometheus-operator, ../dashboards]
configMapGenerator: [{name: aliyun-iot-ota-exporter, files: [aliyun_iot_ota_exporter.yml]}]
`
	english := builtBeside(t, kustomization)
	chinese := builtBeside(t, strings.Replace(kustomization, "../dashboards", "../deploy/kubernetes/components/zh-CN, ../deploy/grafana/zh-CN", 1))
	if a, b := kinds(english), kinds(chinese); !slices.Equal(a, b) {
		t.Errorf("objects %v, in Chinese %v", a, b)
	}
	en, zh := the[*monitoringv1.PrometheusRule](t, english), the[*monitoringv1.PrometheusRule](t, chinese)
	if len(en.Spec.Groups) != len(zh.Spec.Groups) {
		t.Fatalf("%d groups of rules, in Chinese %d", len(en.Spec.Groups), len(zh.Spec.Groups))
	}
	alerts := 0
	for i, group := range zh.Spec.Groups {
		for j, rule := range group.Rules {
			if was := en.Spec.Groups[i].Rules[j]; was.Alert != rule.Alert || was.Expr != rule.Expr {
				t.Errorf("rule %s is %s in Chinese, or has another expression", was.Alert, rule.Alert)
			}
			if rule.Alert != "" {
				alerts++
				if !hasHan(rule.Annotations["summary"]) {
					t.Errorf("%s is not in Chinese: %s", rule.Alert, rule.Annotations["summary"])
				}
			}
		}
	}
	dashboards := 0
	for _, m := range of[*corev1.ConfigMap](chinese) {
		for file, text := range m.Data {
			if strings.HasSuffix(file, ".json") {
				dashboards++
				if !hasHan(text) {
					t.Errorf("%s is not in Chinese", file)
				}
			}
		}
	}
	if alerts < 15 || dashboards < 3 {
		t.Errorf("%d alerts and %d dashboards", alerts, dashboards)
	}
}

func hasHan(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

// kinds lists kind and name of each object.
func kinds(all objects) (names []string) {
	for _, object := range all {
		names = append(names, kindOf(object)+" "+object.GetName())
	}
	slices.Sort(names)
	return names
}
