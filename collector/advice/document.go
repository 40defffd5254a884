package advice

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// Document writes the advice for failures as a table in Markdown, with a row for each class and
// advice, in the order of [aliyun.Classes] and of the advice. unused are the meanings of the
// advice that none of the failures has.
func Document(failures []*aliyun.Error) (markdown string, unused []string) {
	codes := make(map[aliyun.Class]map[advice][]string) // as in the table; "" for a failure without one
	var used []advice
	for _, e := range failures {
		a, code := adviceFor(e), ""
		if e.Code != "" {
			code = "`" + e.Code + "`"
		}
		if codes[e.Class] == nil {
			codes[e.Class] = make(map[advice][]string)
		}
		codes[e.Class][a] = append(codes[e.Class][a], code)
		used = append(used, a)
	}
	var b strings.Builder
	b.WriteString("| Class | Code | What it means | What to do |\n| --- | --- | --- | --- |\n")
	for _, class := range aliyun.Classes {
		for _, row := range table {
			if of, has := codes[class][row.advice]; has {
				meaning, action := row.markdown()
				fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", class, strings.Join(of, ", "), cell(meaning), cell(action))
			}
		}
	}
	for _, row := range table {
		if !slices.Contains(used, row.advice) {
			unused = append(unused, row.Meaning)
		}
	}
	return b.String(), unused
}

// markdown writes the advice for any call, as two cells of a table. The link to the
// section is part of the action, as a document in deploy/docs has it.
func (a advice) markdown() (meaning, action string) {
	fill := strings.NewReplacer("{operation}", "this operation", "{action}", "of this operation",
		"{instance}", "the instance", "{subject}", "the ID", "{endpoint}", "the endpoint",
		"{signature}", "this signature", "{other signature}", "the other value")
	meaning, action = capitalized(fill.Replace(a.Meaning)), capitalized(fill.Replace(a.Action))
	if a.Section != "" {
		anchor := strings.ReplaceAll(strings.ReplaceAll(strings.ToLower(a.Section), ",", ""), " ", "-")
		action += " See [" + a.Section + "](configuration.md#" + anchor + ")."
	}
	return meaning, action
}

func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }
