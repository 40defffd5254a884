package translation

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Dashboard translates what a Grafana dashboard shows. Everything else stays, to the byte.
// url leads to the Chinese runbooks.
func Dashboard(source []byte, d *Dictionary, url func(string) string) ([]byte, error) {
	translate := d.Translate
	var model any
	if err := json.Unmarshal(source, &model); err != nil {
		return nil, fmt.Errorf("decode dashboard: %w", err)
	}
	replaced := map[string]string{}
	walkStrings(model, nil, func(path []string, value string) {
		switch {
		case strings.HasPrefix(value, pages):
			replaced[strings.Join(path, "\n")] = url(value)
		case isExpression(path):
			replaced[strings.Join(path, "\n")] = constantLabel.ReplaceAllStringFunc(value, func(found string) string {
				parts := constantLabel.FindStringSubmatch(found)
				return parts[1] + translate(parts[2]) + parts[3]
			})
		case isShown(path):
			replaced[strings.Join(path, "\n")] = d.shown(path, value)
		}
	})
	walkMatchers(model, replaced, translate)
	return replaceStrings(source, replaced, d.overrides(model))
}

// shown translates a string that a dashboard shows. The text of a value mapping may be a status.
func (d *Dictionary) shown(path []string, value string) string {
	if end(path, 1) == "text" && end(path, 3) == "options" {
		if zh, is := d.word("status", value); is {
			return zh
		}
	}
	return d.Translate(value)
}

// constantLabel is a text that a query puts into a column, always or for a number of the API:
// label_replace(…, "fact", "Package", "", "").
var constantLabel = regexp.MustCompile(`("\w+", ")([^"$]+)(", "\w*", "\d*"\))`)

func isExpression(path []string) bool {
	return path[0] == "panels" && slices.Contains(path, "targets") && end(path, 1) == "expr"
}

// isShown reports whether Grafana shows the string at a path to the reader.
func isShown(path []string) bool {
	last, above := end(path, 1), end(path, 2)
	switch {
	case above == "renameByName", path[0] == "annotations" && last == "name":
		return true
	case path[0] == "templating" && slices.Contains(path, "current"):
		return false // a choice, such as All
	}
	return slices.Contains([]string{"title", "description", "label", "noValue", "text", "legendFormat", "titleFormat",
		"textFormat", "displayName", "content", "tooltip", "axisLabel"}, last)
}

// walkMatchers translates what overrides are for. A matcher names a column or a line as it is
// shown, or the value of a label, which stays.
func walkMatchers(node any, replaced map[string]string, translate func(string) string) {
	panels, _ := node.(map[string]any)["panels"].([]any)
	for i, panel := range panels {
		var shown []string
		walkStrings(panel, nil, func(path []string, value string) {
			if end(path, 1) == "legendFormat" || end(path, 2) == "renameByName" {
				shown = append(shown, value)
			}
		})
		walkStrings(panel, []string{"panels", strconv.Itoa(i)}, func(path []string, value string) {
			isMatcher := end(path, 1) == "options" && end(path, 2) == "matcher"
			if isMatcher && (slices.Contains(shown, value) || strings.HasPrefix(value, "/")) {
				replaced[strings.Join(path, "\n")] = translate(value)
			}
		})
	}
}

// walkStrings visits the strings of a decoded JSON value, with the names and indices that
// lead to them.
func walkStrings(value any, path []string, visit func(path []string, value string)) {
	switch value := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			walkStrings(value[name], append(slices.Clip(path), name), visit)
		}
	case []any:
		for i, inner := range value {
			walkStrings(inner, append(slices.Clip(path), strconv.Itoa(i)), visit)
		}
	case string:
		visit(path, value)
	}
}

// end is the n-th name of a path from its end, "" if the path is shorter.
func end(path []string, n int) string {
	if n > len(path) {
		return ""
	}
	return path[len(path)-n]
}
