package translation_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/repository"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/translation"
)

// Chinese alerts have the names, expressions and labels of the English ones, and the same
// actions in their annotations. Their links lead to Chinese runbooks.
func TestAlertsDifferInAnnotationsAlone(t *testing.T) {
	names := chineseNames(generate(t))
	en, zh := alerts(t, "deploy/prometheus/alerts.rules.yml"), alerts(t, "deploy/prometheus/zh-CN/alerts.rules.yml")
	if len(en) < 15 || len(en) != len(zh) {
		t.Fatalf("%d alerts, %d in Chinese", len(en), len(zh))
	}
	for i := range en {
		name := en[i].fields["alert"]
		if difference := cmp.Diff(en[i].fields, zh[i].fields); difference != "" {
			t.Errorf("%s differs in Chinese: %s", name, difference)
		}
		if a, b := slices.Sorted(maps.Keys(en[i].annotations)), slices.Sorted(maps.Keys(zh[i].annotations)); !slices.Equal(a, b) {
			t.Errorf("%s has the annotations %v, in Chinese %v", name, a, b)
		}
		for annotation, text := range zh[i].annotations {
			english := en[i].annotations[annotation]
			switch {
			case annotation == "runbook_url":
				if without := strings.Replace(text, "/runbooks/zh-CN/", "/runbooks/", 1); without != english {
					t.Errorf("%s: runbook_url %s, in English %s", name, text, english)
				}
			case !translation.HasHan(text) || names.LeftInEnglish(text):
				t.Errorf("%s: %s is %q", name, annotation, text)
			default:
				unnamed := inUnits.ReplaceAllString(printed.ReplaceAllString(text, `{{ label "$1" . }}`), "")
				if difference := cmp.Diff(translation.Actions(english), translation.Actions(unnamed)); difference != "" {
					t.Errorf("%s: the actions of %s differ: %s", name, annotation, difference)
				}
			}
		}
	}
}

// printed is what prints a label with its Chinese form in front.
var printed = regexp.MustCompile(`\{\{ with label "(\w+)" \. \}\}\{\{ if eq \. "\w+" \}\}\p{Han}+ .*?\{\{ end \}\}\{\{ \. \}\}\{\{ end \}\}`)

// inUnits is what prints a duration with Chinese units.
var inUnits = regexp.MustCompile(`( \| reReplaceAll "[^"]*" "[^"]*")+`)

// An alert is a rule without its annotations, and those.
type alert struct {
	fields      map[string]any
	annotations map[string]string
}

func alerts(t *testing.T, file string) (all []alert) {
	t.Helper()
	var decoded struct {
		Groups []struct{ Rules []map[string]any }
	}
	if err := yaml.Unmarshal([]byte(repository.Read(t, file)), &decoded); err != nil {
		t.Fatal(err)
	}
	for _, g := range decoded.Groups {
		for _, fields := range g.Rules {
			a := alert{fields: fields, annotations: map[string]string{}}
			annotations, _ := fields["annotations"].(map[string]any)
			for name, text := range annotations {
				a.annotations[name], _ = text.(string)
			}
			delete(fields, "annotations")
			all = append(all, a)
		}
	}
	return all
}
