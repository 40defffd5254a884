package translation_test

import (
	"maps"
	"regexp"
	"slices"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/translation"
)

// codeSpans, linkTargets and actions are the parts of a text that are the same in both
// languages, each once and sorted: the order of a sentence differs.

func codeSpans(text string) []string {
	return sorted(regexp.MustCompile("`[^`]+`").FindAllString(text, -1))
}

func linkTargets(text string) (targets []string) {
	for _, found := range regexp.MustCompile(`\]\(([^)]+)\)`).FindAllStringSubmatch(text, -1) {
		if found[1] != "README.md" && found[1] != "README.zh-CN.md" { // each README links to the other one
			targets = append(targets, found[1])
		}
	}
	return sorted(targets)
}

func actions(text string) []string { return slices.Sorted(maps.Keys(translation.Actions(text))) }

func sorted(parts []string) []string {
	slices.Sort(parts)
	return slices.Compact(parts)
}
