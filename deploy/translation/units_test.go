package translation_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/translation"
)

func TestProse(t *testing.T) {
	for text, want := range map[string]bool{
		"Past its deadline":               true,
		"Devices: `QUEUED`":               true,
		"p99":                             false,
		"IN_PROGRESS, QueryOTAJob":        false,
		"{{account}} {{operation}}":       false,
		"{{account}} promised":            true,
		"[OTAJobStuck](OTAJobStuck.md)":   false,
		"--config.file=deploy/x.yml":      false,
		"<https://example.com/some/page>": false,
		"`all of this is code`":           false,
		"CPU":                             false,
	} {
		if got := translation.IsProse(text); got != want {
			t.Errorf("%q is prose: %t, want %t", text, got, want)
		}
	}
}

func TestLeftInEnglish(t *testing.T) {
	names := translation.NamesIn("用 Prometheus 抓取", "English is no evidence for Grafana")
	for text, want := range map[string]bool{
		"Prometheus":                       false,
		"Grafana":                          true,
		"批次 `still running`":               false,
		"批次 still running after its end":   true,
		"用 kube-prometheus-stack 的 values": false,
	} {
		if got := names.LeftInEnglish(text); got != want {
			t.Errorf("%q is left in English: %t, want %t", text, got, want)
		}
	}
}

func TestBadDictionaries(t *testing.T) {
	for text, want := range map[string]string{
		"- {en: Age}": "en or zh is empty",
		"- {en: Age, zh: 新旧}\n- {en: ' Age', zh: 新旧}": "earlier pair",
		"- {en: Age, cn: 新旧}":                         "field cn not found",
		"- {en: Age, zh: 新旧":                          "decode dictionary",
	} {
		if _, err := translation.ParseDictionary([]byte(text), nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one with %q", text, err, want)
		}
	}
}

// A sentence of a template has its actions in the order of Chinese, and its queries stay.
func TestTemplate(t *testing.T) {
	dictionary, err := translation.ParseDictionary([]byte(`
- en: Batch {{ $labels.job_id }} of account {{ $labels.account }} failed.
  zh: 账号 {{ $labels.account }} 的批次 {{ $labels.job_id }} 失败。
- en: The reason is {{ with … }}{{ . }}{{ else }}unknown{{ end }}.
  zh: 原因{{ with … }}为 {{ . }}{{ else }}未知{{ end }}。
`), nil)
	if err != nil {
		t.Fatal(err)
	}
	got := translation.Template(`{{ if gt $value 1.0 }}Batch {{ $labels.job_id }}
of account {{ $labels.account }} failed.{{ end }} The reason is {{ with printf "x{a=%q}" $labels.account | query | sortByLabel "b" }}{{ . }}{{ else }}unknown{{ end }}.`, dictionary.Translate)
	want := `{{ if gt $value 1.0 }}账号 {{ $labels.account }} 的批次 {{ $labels.job_id }} 失败。{{ end }}原因{{ with printf "x{a=%q}" $labels.account | query | sortByLabel "b" }}为 {{ . }}{{ else }}未知{{ end }}。`
	if got != want || len(dictionary.Missing) > 0 {
		t.Errorf("got\n%s\nwant\n%s\nmissing %q", got, want, dictionary.Missing)
	}
}

func TestMarkdown(t *testing.T) {
	chinese := map[string]string{"Title": "标题", "one paragraph in two lines": "一段", "item": "项", "head": "表头", "cell with `a | b`": "格", "why": "原因", "picture": "图", "quoted text": "引文"}
	source := "# Title\n\none paragraph\nin two lines\n\n- item\n  - item\n\n> quoted\n> text\n\n| head | Type |\n| --- | --- |\n| cell with `a \\| b` | list |\n\n" +
		"```sh\nrun --it # why\n```\n\n<p>\n  <img alt=\"picture\" src=\"a.png\">\n</p>\n\n[name]: a.md\n"
	want := "# 标题\n\n一段\n\n- 项\n  - 项\n\n> 引文\n\n| 表头 | Type |\n| --- | --- |\n| 格 | list |\n\n" +
		"```sh\nrun --it # 原因\n```\n\n<p>\n  <img alt=\"图\" src=\"a.png\">\n</p>\n\n[name]: a.md\n"
	var missing []string
	got := translation.Markdown([]byte(source), func(text string) string {
		zh, known := chinese[strings.Join(strings.Fields(strings.ReplaceAll(text, `\|`, "|")), " ")]
		if !known {
			missing = append(missing, text)
			return text
		}
		return zh
	})
	if difference := cmp.Diff(want, string(got)); difference != "" {
		t.Errorf("%s\nnot asked for: %q", difference, missing)
	}
}
