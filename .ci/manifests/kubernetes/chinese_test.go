package kubernetes_test

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
)

// The Chinese overlays make the objects of the English ones. They differ in the texts of alerts and
// dashboards, and in the comments of the configuration.
func TestChineseOverlays(t *testing.T) {
	chinese := chineseOverlays(t)
	for name, english := range overlays(t) {
		t.Run(name, func(t *testing.T) {
			zh := chinese[name]
			demandCoherent(t, zh)
			alerts, dashboards := 0, 0
			for _, object := range zh {
				switch object := object.(type) {
				case *monitoringv1.PrometheusRule:
					alerts += makeEnglish(t, the[*monitoringv1.PrometheusRule](t, english), object)
				case *corev1.ConfigMap:
					for file, text := range object.Data {
						if strings.HasSuffix(file, ".json") {
							dashboards++
						}
						if !hasHan(text) {
							t.Errorf("%s is not in Chinese", file)
						}
					}
				}
			}
			if name == "rrsa" && (alerts < 15 || dashboards < 3) {
				t.Errorf("%d alerts and %d dashboards", alerts, dashboards)
			}
			if diff := cmp.Diff(withoutData(english), withoutData(zh)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// chineseOverlays are those of overlays in Chinese.
func chineseOverlays(t *testing.T) map[string]objects {
	t.Helper()
	secret := filepath.Join(copyOfProject(t), "deploy/kubernetes/zh-CN/overlays/access-key")
	writeFile(t, filepath.Join(secret, "access_key_secret"), "made-up\n")
	return map[string]objects{
		"demo":       built(t, kustomizeDir+"/zh-CN/overlays/demo"),
		"access-key": built(t, secret),
		"rrsa":       built(t, kustomizeDir+"/zh-CN/overlays/rrsa"),
	}
}

// makeEnglish demands Chinese annotations, and replaces them with the English ones. It returns the
// number of alerts.
func makeEnglish(t *testing.T, en, zh *monitoringv1.PrometheusRule) (alerts int) {
	t.Helper()
	for i := range zh.Spec.Groups {
		for j, rule := range zh.Spec.Groups[i].Rules {
			if rule.Alert == "" {
				continue
			}
			alerts++
			if !hasHan(rule.Annotations["summary"]) {
				t.Errorf("%s is not in Chinese: %s", rule.Alert, rule.Annotations["summary"])
			}
			zh.Spec.Groups[i].Rules[j].Annotations = en.Spec.Groups[i].Rules[j].Annotations
		}
	}
	return alerts
}

// withoutData are the objects by their names, without the data of ConfigMaps, and without the
// hashes of the data.
func withoutData(all objects) map[string]any {
	hash := regexp.MustCompile(`-[a-z0-9]{10}$`)
	by := map[string]any{}
	for _, object := range all {
		switch object := object.(type) {
		case *corev1.ConfigMap:
			object.Data = nil
			object.Name = hash.ReplaceAllString(object.Name, "")
		case *appsv1.Deployment:
			for _, v := range object.Spec.Template.Spec.Volumes {
				if v.ConfigMap != nil {
					v.ConfigMap.Name = hash.ReplaceAllString(v.ConfigMap.Name, "")
				}
			}
		}
		by[kindOf(object)+" "+object.GetName()] = object
	}
	return by
}

// With language: zh-CN, the notes are in Chinese, with the commands and addresses of the English ones.
func TestChineseNotes(t *testing.T) {
	c := loadChart(t)
	commands := func(notes string) (lines []string) {
		for line := range strings.Lines(notes) {
			if strings.HasPrefix(line, "  ") {
				lines = append(lines, line)
			}
		}
		return lines
	}
	for name, r := range releases {
		t.Run(name, func(t *testing.T) {
			_, english, err := helmTemplate(c, parseValues(t, r.values))
			if err != nil {
				t.Fatal(err)
			}
			_, chinese, err := helmTemplate(c, parseValues(t, r.values+"\nlanguage: zh-CN"))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(commands(english), commands(chinese)); diff != "" {
				t.Error(diff)
			}
			for line := range strings.Lines(chinese) {
				if !strings.HasPrefix(line, "  ") && strings.TrimSpace(line) != "" && !hasHan(line) {
					t.Errorf("in English: %s", line)
				}
			}
		})
	}
}

func hasHan(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}
