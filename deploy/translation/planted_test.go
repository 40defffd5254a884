package translation_test

import (
	"strings"
	"testing"
)

// English is found wherever a Chinese document can have it.
func TestEnglishIsFoundInDocuments(t *testing.T) {
	names := chineseNames(generate(t))
	for where, planted := range map[string]string{
		"a heading":                        "## Left Here",
		"a paragraph":                      "此处 is still in English。",
		"bold type":                        "**Watch each account** 只由一个 exporter 监控。",
		"a cell":                           "| 列 |\n| --- |\n| rate budget |",
		"a cell with Chinese":              "| 列 |\n| --- |\n| 配额 per account and operation |",
		"the title of a link":              `见[此处](a.md "See the whole list of flags")。`,
		"the title of a defined link":      `[此处]: a.md "See the whole list of flags"`,
		"the text of a link":               "[See the list](a.md)",
		"the description of a picture":     "![What needs a person](x.png)",
		"the description of a picture, ''": "<img alt='the whole fleet at a glance' src='x.png'>",
		"what a screen reader says":        `<p aria-label="the whole fleet at a glance">图</p>`,
		"a folded part":                    "<details><summary>Show all of them</summary>\n\n图\n\n</details>",
		"a footnote":                       "[^1]: This is a note.",
		"a drawing":                        "```text\n+---------------------+\n| the exporter asks the API |\n```",
		"a drawing of no language":         "```\nthe exporter asks the API\n```",
		"a graph":                          "```mermaid\ngraph LR\n  A[The exporter asks the API] --> B[Prometheus]\n```",
		"a comment in code":                "```sh\nrun # print all batches\n```",
		"a comment in code with a colon":   "```yaml\n# note: this file is still in English\na: b\n```",
		"a text in a command":              "```sh\necho \"all of the batches are gone\"\n```",
		"the value of a setting":           "```yaml\nsummary: all of the batches are gone\n```",
	} {
		if found := englishIn(t, "a.md", planted+"\n", names); len(found) == 0 {
			t.Errorf("%s: %s", where, planted)
		}
	}
	for what, text := range map[string]string{
		"Chinese with names":     "用 Prometheus 抓取 exporter 的 `/metrics`，见[文档](a.md \"文档\")。",
		"a command":              "```sh\naliyun iot QueryOTAJob --JobId x # 查询批次\n```",
		"what a program prints":  "```text\nThe configuration is valid. If all batches were IN_PROGRESS, with 50ms for each call:\n```",
		"a setting not in force": "```yaml\n# account: production\n```",
	} {
		if found := englishIn(t, "a.md", text+"\n", names); len(found) > 0 {
			t.Errorf("%s is found: %s", what, strings.Join(found, "; "))
		}
	}
}
