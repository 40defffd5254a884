package translation_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/repository"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/translation"
)

var (
	// crowded is a Chinese character beside a Latin letter, a digit or code, without a space.
	crowded = regexp.MustCompile("\\p{Han}[A-Za-z0-9`]|[A-Za-z0-9`%]\\p{Han}")
	// sparse is a space that Chinese punctuation contains already, and a percent sign apart from its number.
	sparse = regexp.MustCompile(`[，。；：、（“] |\S [，。；：、）”]|\d %|\p{Han}  |  \p{Han}`)
	// halfWidth is punctuation of English beside a Chinese character, and three dots.
	halfWidth = regexp.MustCompile(`\p{Han}[,;:!?()]|[,;:!?()]\p{Han}|\p{Han}\.(?:\s|$)|\p{Han}\.\.\.|\.\.\.\p{Han}`)
	// formats are those of times, of an address and of a file of passwords.
	formats = strings.NewReplacer("时:分:秒", "", "主机:端口", "", "用户名:哈希值", "")
	// unseen are the parts of a text that have no width on the screen, or whose width the text does not tell.
	unseen = regexp.MustCompile(`<!--.*?-->|^\[[^]]+\]: .*|\]\([^)]*\)|\]\[[^]]*\]|</?[a-z]+(?: [^>]*)?>|\*+|[][]`)
	// edges are the space around a cell of a table.
	edges = regexp.MustCompile(`^\s+| *\| *|\s+$`)
	// inTemplate is an action of a template of Prometheus, or the border of a long comment. What
	// Prometheus makes of an action is tested with its rules.
	inTemplate = regexp.MustCompile(`\{\{.*?\}\}|\{\{/\* *| *\*/\}\}`)
	// byGrafana is a label or a variable that Grafana fills in.
	byGrafana = regexp.MustCompile(`\{\{\w+\}\}|\$\{?\w+\}?`)
)

// A space separates Chinese characters from letters and numbers, and nothing from Chinese
// punctuation: so do most documents of Alibaba Cloud. Percent signs follow their number. The
// punctuation of Chinese sentences is Chinese.
func TestSpaces(t *testing.T) {
	lines := 0
	files := maps.Clone(generate(t).Files)
	files[messages] = []byte(repository.Read(t, messages))
	for file, text := range files {
		for line := range strings.Lines(string(text)) {
			if seen := seen(file, line); translation.HasHan(line) {
				lines++
				for _, found := range faultsOfSpace(seen) {
					t.Errorf("%s: %q in %s", file, found, line)
				}
			}
		}
	}
	if lines < 1500 {
		t.Errorf("only %d lines", lines)
	}
}

// faultsOfSpace are the places of a line with bad spaces or punctuation.
func faultsOfSpace(seen string) []string {
	seen = formats.Replace(seen)
	return slices.Concat(crowded.FindAllString(seen, -1), sparse.FindAllString(seen, -1), halfWidth.FindAllString(seen, -1))
}

// messages is a file that is written in Chinese.
const messages = "deploy/alertmanager/templates/zh-CN.tmpl"

// seen is a line as its reader sees it.
func seen(file, line string) string {
	switch {
	case strings.HasSuffix(file, ".json"):
		line = byGrafana.ReplaceAllString(line, "x")
	case strings.HasSuffix(file, ".rules.yml"), strings.HasSuffix(file, ".tmpl"):
		line = inTemplate.ReplaceAllString(line, "\x00")
	}
	return edges.ReplaceAllString(unseen.ReplaceAllString(line, ""), "\n")
}

func TestSeen(t *testing.T) {
	for line, want := range map[string]bool{
		"在 `x` 中，见 [RRSA](a.md) 和[此处](b.md)。": true,
		"在`x` 中":           false,
		"见[RRSA](a.md)":    false,
		"**10%**的设备":       false,
		"超过 10 % 的设备":      false,
		"账号 ，批次":           false,
		"批次 {{job_id}} 完成": true,
		"批次{{job_id}}":     false,
		"账号,批次":            false,
		"账号: 批次":           false,
		"账号(批次)":           false,
		"批次(job)":          false,
		"结束了吗?":            false,
		"批次结束.":            false,
		"等待...":            false,
		"格式为天和时:分:秒":       true,
	} {
		text := seen("x.json", line)
		if got := len(faultsOfSpace(text)) == 0; got != want {
			t.Errorf("%s: well spaced %t, want %t", line, got, want)
		}
	}
}
