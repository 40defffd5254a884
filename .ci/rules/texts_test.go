package rules_test

import (
	"context"
	"maps"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/template"
	"gopkg.in/yaml.v3"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/translation"
)

// Prometheus makes texts of the templates of all alerts, whatever is known of a batch: the
// Chinese one is Chinese, and has each name and number that the English one has.
func TestTexts(t *testing.T) {
	english, chinese := annotations(t, "alerts.rules.yml"), annotations(t, "zh-CN/alerts.rules.yml")
	if len(english) < 30 || len(english) != len(chinese) {
		t.Fatalf("%d texts, in Chinese %d", len(english), len(chinese))
	}
	names := translation.NamesIn("ProductKey Prometheus exporter job")
	for _, known := range []map[string]string{
		nil, // nothing is known
		{"basis": "schedule_finish"}, {"basis": "settings"}, {"basis": "default"}, {"basis": ""},
		{"description": "", "module_name": "", "code": ""},
		{"reason": "timeout", "class": "auth"},
		{"product_name": ""}, // of a batch whose package no list has shown
	} {
		for i, en := range english {
			for _, value := range []float64{0.25, 1, 90000} {
				was, is := expanded(t, en, known, value), expanded(t, chinese[i], known, value)
				if !translation.HasHan(is) || names.LeftInEnglish(is) || unnatural.MatchString(is) {
					t.Errorf("of a sample with %v and the value %g: %q", known, value, is)
				}
				for label, zh := range map[string]string{"reason": "升级超时 timeout", "class": "认证失败 auth"} {
					if value := known[label]; value != "" && strings.Contains(was, value) && !strings.Contains(is, zh) {
						t.Errorf("%q does not say %s", is, zh)
					}
				}
				if a, b := facts(seconds.ReplaceAllString(units.Replace(was), "$1")), facts(units.Replace(is)); !slices.Equal(a, b) {
					t.Errorf("of a sample with %v and the value %g: %q has %q, in Chinese %q has %q", known, value, was, a, is, b)
				}
			}
		}
	}
}

// Durations are in Chinese units, to the minute.
func TestDurationsInChinese(t *testing.T) {
	text := annotations(t, "zh-CN/alerts.rules.yml")[0]
	for value, want := range map[float64]string{
		45: "45 秒", 600: "10 分钟", 858: "14 分钟", 7200: "2 小时", 7259: "2 小时", 11_040: "3 小时 4 分钟", 90_000: "1 天 1 小时", 432_010: "5 天", 432_858: "5 天 0 小时 14 分钟",
	} {
		if got := expanded(t, text, nil, value); !strings.HasSuffix(got, "已超过截止时间 "+want+"。") {
			t.Errorf("%g seconds: %s", value, got)
		}
	}
}

// unnatural is what is left where a sentence was put together badly.
var unnatural = regexp.MustCompile(`  | [，。：；、）]|[，。：；、（] |。。|，。|：。|\{\{|<no value>|\p{Han}[\w]|[\w%]\p{Han}`)

var (
	// seconds are those of a duration with larger units, and the zeros before them, which Chinese
	// texts do not have.
	seconds = regexp.MustCompile(`([dhm])(?: 0[hm])* \d+s\b`)
	// units are words for those of a duration.
	units = strings.NewReplacer(" 天", "d", " 小时", "h", " 分钟", "m", " 秒", "s", " minutes", "m")
)

// facts are the values of labels and the numbers in a text, each once.
func facts(text string) []string {
	all := regexp.MustCompile(`(?:v-|\d)[\w.%-]*\w%?`).FindAllString(text, -1)
	slices.Sort(all)
	return slices.Compact(all)
}

// expanded is what Prometheus makes of a template. Queries find one sample with these labels
// and others, or none if known is nil.
func expanded(t *testing.T, text string, known map[string]string, value float64) string {
	t.Helper()
	series := map[string]string{}
	for _, label := range []string{"name", "dest_version", "product_key", "product_name", "module_name", "firmware_id", "description", "status", "reason", "operation", "result", "instance", "class", "code", "total_shards"} {
		series[label] = "v-" + label
	}
	maps.Copy(series, known)
	query := func(_ context.Context, query string, _ time.Time) (promql.Vector, error) {
		if name, has := known["product_name"]; known == nil || has && name == "" && strings.Contains(query, "product_name!=''") {
			return nil, nil
		}
		return promql.Vector{{Metric: labels.FromMap(series), F: 7}}, nil
	}
	data := template.AlertTemplateData(map[string]string{"account": "v-account", "job_id": "v-job_id", "instance": "v-instance", "job": "v-job"}, nil, "", promql.Sample{F: value})
	const head = "{{$labels := .Labels}}{{$value := .Value}}"
	made, err := template.NewTemplateExpander(t.Context(), head+text, "test", data, model.Time(0), query, &url.URL{}, nil).Expand()
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return made
}

// annotations are the texts of the alerts of a file, in its order.
func annotations(t *testing.T, file string) (texts []string) {
	t.Helper()
	text, err := os.ReadFile(path(file))
	if err != nil {
		t.Fatal(err)
	}
	var decoded rulefmt.RuleGroups
	if err := yaml.Unmarshal(text, &decoded); err != nil {
		t.Fatal(err)
	}
	for _, g := range decoded.Groups {
		for _, r := range g.Rules {
			for _, name := range []string{"summary", "description"} {
				if text := r.Annotations[name]; text != "" {
					texts = append(texts, text)
				}
			}
		}
	}
	return texts
}
