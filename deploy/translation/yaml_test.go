package translation_test

import (
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/repository"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/translation"
)

// The Chinese example configuration has the keys of the English one, in force or commented out.
func TestExampleConfiguration(t *testing.T) {
	made := generate(t)
	zh := string(made.Files["deploy/config.example.zh-CN.yml"])
	en := strings.Replace(repository.Read(t, "deploy/config.example.yml"), "config.schema.json", "config.schema.zh-CN.json", 1)
	want, got := keys(en), keys(zh)
	if len(want) < 30 {
		t.Errorf("%d lines with keys", len(want))
	}
	if difference := cmp.Diff(want, got); difference != "" {
		t.Error(difference)
	}
}

var aKey = regexp.MustCompile(`^\s*(?:# )?(?:- )?(?:[a-z_-]+:|[A-Za-z0-9]{20,}$).*`)

// keys are the lines with a key or an item, without the comment behind it.
func keys(text string) (lines []string) {
	for line := range strings.SplitSeq(text, "\n") {
		if found := aKey.FindString(line); found != "" {
			if behind := strings.LastIndex(found, " # "); behind > 0 && strings.TrimSpace(found[:behind]) != "" {
				found = found[:behind]
			}
			lines = append(lines, strings.TrimSpace(found))
		}
	}
	return lines
}

func TestYAML(t *testing.T) {
	words := map[string]string{
		"Two lines are one text.": "两行是一段。",
		"Then:":                   "然后：",
		"the region":              "地域",
		"the role":                "角色",
		"set it there":            "在其中设置",
	}
	translate := func(text string) string {
		if zh, known := words[text]; known {
			return zh
		}
		t.Errorf("asked for %q", text)
		return text
	}
	known := func(text string) string {
		return map[string]string{"- en.tmpl": "- zh-CN.tmpl", "file: en.tmpl": "file: zh-CN.tmpl", "- ../other": "- ../anderes", "run --it=now": "run --zh"}[text]
	}
	en := `# yaml-language-server: $schema=x
# Two lines
# are one text.
#   run --it=now
# Then:
a: 1   # the region
  # role: b#c # the role
  # - ../../policy   # set it there
  # - ../other
url: http://x/#y
file: en.tmpl
- en.tmpl # the region
other: en.tmpl
`
	want := `# yaml-language-server: $schema=x
# 两行是一段。
#   run --zh
# 然后：
a: 1   # 地域
  # role: b#c # 角色
  # - ../../policy   # 在其中设置
  # - ../anderes
url: http://x/#y
file: zh-CN.tmpl
- zh-CN.tmpl # 地域
other: en.tmpl
`
	if difference := cmp.Diff(want, string(translation.YAML([]byte(en), translate, known))); difference != "" {
		t.Error(difference)
	}
}

// A Chinese YAML file means what the English one means: it differs in comments, and in settings
// that have a pair as a whole.
func TestYAMLDiffersInCommentsAlone(t *testing.T) {
	made := generate(t)
	compared := 0
	for _, a := range made.Artefacts {
		if ext := path.Ext(a.Source); ext != ".yml" && ext != ".yaml" || path.Base(a.Source) == "alerts.rules.yml" {
			continue
		}
		compared++
		english := repository.Read(t, a.Source)
		for _, p := range made.Dictionaries[a.Dictionary].Pairs {
			if aSetting.MatchString(p.En) {
				english = strings.ReplaceAll(english, p.En, p.Zh)
			}
		}
		var en, zh any
		for text, into := range map[string]*any{english: &en, string(made.Files[a.Output]): &zh} {
			if err := yaml.Unmarshal([]byte(text), into); err != nil {
				t.Fatalf("%s: %v", a.Output, err)
			}
		}
		if difference := cmp.Diff(en, zh); difference != "" {
			t.Errorf("%s differs from %s in more than comments: %s", a.Output, a.Source, difference)
		}
	}
	if compared < 10 {
		t.Errorf("%d files", compared)
	}
}

// aSetting is a key with a value, or an item, that has a pair.
var aSetting = regexp.MustCompile(`^(?:- \S+|[\w.-]+: .*)$`)
