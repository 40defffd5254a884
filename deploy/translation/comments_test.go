package translation_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/repository"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/translation"
)

// The Chinese example configuration has the keys of the English one, in force or commented out.
func TestExampleConfiguration(t *testing.T) {
	made := generate(t)
	zh := string(made.Files["deploy/config.example.zh-CN.yml"])
	want, got := keys(repository.Read(t, "deploy/config.example.yml")), keys(zh)
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

func TestComments(t *testing.T) {
	words := map[string]string{
		"Two lines are one text.": "两行是一段。",
		"the region":              "地域",
		"the role":                "角色",
	}
	translate := func(text string) string {
		if zh, known := words[text]; known {
			return zh
		}
		t.Errorf("asked for %q", text)
		return text
	}
	en := "# yaml-language-server: $schema=x\n# Two lines\n# are one text.\na: 1   # the region\n  # role: b#c # the role\nurl: http://x/#y\n"
	want := "# yaml-language-server: $schema=x\n# 两行是一段。\na: 1   # 地域\n  # role: b#c # 角色\nurl: http://x/#y\n"
	if difference := cmp.Diff(want, string(translation.Comments([]byte(en), translate))); difference != "" {
		t.Error(difference)
	}
}
