package translation

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// overrides are what the panels of a dashboard need so that it shows values of labels, such as
// IN_PROGRESS, in Chinese: as names of lines, and in columns of tables. They are by the path of
// the list to which they are added.
func (d *Dictionary) overrides(model any) map[string][]any {
	added := map[string][]any{}
	panels, _ := model.(map[string]any)["panels"].([]any)
	for i, panel := range panels {
		path := strings.Join([]string{"panels", strconv.Itoa(i), "fieldConfig", "overrides"}, "\n")
		walkStrings(panel, nil, func(at []string, value string) {
			switch {
			case end(at, 1) == "legendFormat":
				added[path] = append(added[path], d.lines(value)...)
			case end(at, 2) == "renameByName" && !hasMappings(panel, value):
				if mappings := d.mappings(labelsOf(panel, end(at, 1))); mappings != nil {
					added[path] = append(added[path], override(d.Translate(value), "mappings", []any{mappings}))
				}
			}
		})
	}
	return added
}

// hasMappings reports whether a panel has texts for the values of a column, which are translated.
func hasMappings(panel any, column string) bool {
	config, _ := panel.(map[string]any)["fieldConfig"].(map[string]any)
	all, _ := config["overrides"].([]any)
	return slices.ContainsFunc(all, func(one any) bool {
		matcher, _ := one.(map[string]any)["matcher"].(map[string]any)
		properties, _ := one.(map[string]any)["properties"].([]any)
		return matcher["options"] == column && slices.ContainsFunc(properties, func(p any) bool {
			return p.(map[string]any)["id"] == "mappings"
		})
	})
}

// override is one of Grafana's: a property of the line or column with a name.
func override(name, property string, value any) any {
	return map[string]any{
		"matcher":    map[string]any{"id": "byName", "options": name},
		"properties": []any{map[string]any{"id": property, "value": value}},
	}
}

// onlyLabel is a legend that consists of the value of a label.
var onlyLabel = regexp.MustCompile(`^\{\{(\w+)\}\}$`)

// lines give Chinese names to the lines that are named for the value of a label.
func (d *Dictionary) lines(legend string) (overrides []any) {
	if label := onlyLabel.FindStringSubmatch(legend); label != nil {
		for _, w := range d.Words(label[1]) {
			overrides = append(overrides, override(w.Value, "displayName", w.Zh))
		}
	}
	return overrides
}

// mappings are Chinese texts for the values of labels, nil if there are none.
func (d *Dictionary) mappings(labels []string) any {
	options := map[string]any{}
	for _, label := range labels {
		for _, w := range d.Words(label) {
			options[w.Value] = map[string]any{"text": w.Zh, "index": len(options)}
		}
	}
	if len(options) == 0 {
		return nil
	}
	return map[string]any{"type": "value", "options": options}
}

// joinedLabel matches a query that puts the value of a label into a column.
var joinedLabel = regexp.MustCompile(`"(\w+)", "", "(\w+)"\)`)

// labelsOf are the labels whose values a column shows: its own, or those that the queries of the
// panel put into it.
func labelsOf(panel any, column string) (labels []string) {
	walkStrings(panel, nil, func(path []string, value string) {
		if end(path, 1) != "expr" {
			return
		}
		for _, found := range joinedLabel.FindAllStringSubmatch(value, -1) {
			if found[1] == column && !slices.Contains(labels, found[2]) {
				labels = append(labels, found[2])
			}
		}
	})
	if labels == nil {
		labels = []string{column}
	}
	return labels
}

// A Word is a value of a label and how Chinese readers see it.
type Word struct{ Value, Zh string }

// wordKinds are the kinds of words of the pages that are values of labels. Words that the exporter
// has made keep their English form beside the Chinese one, because queries need it.
var wordKinds = map[string]struct {
	kind string
	both bool
}{
	"status":      {kind: "batch"},
	"task_status": {kind: "device"},
	"reason":      {"reason", true},
	"class":       {"class", true},
	"result":      {"class", true},
	"basis":       {"basis", true},
}

// word is the Chinese form of a value of a label, if it has one.
func (d *Dictionary) word(label, value string) (zh string, is bool) {
	words := d.Words(label)
	i := slices.IndexFunc(words, func(w Word) bool { return w.Value == value })
	if i < 0 {
		return "", false
	}
	return words[i].Zh, true
}

// Words are the values of a label that have a Chinese form: the words of the pages, or pairs such
// as origin="configured" of the dictionary itself.
func (d *Dictionary) Words(label string) (all []Word) {
	for from := d; from != nil; from = from.above {
		for _, p := range from.Pairs {
			key := oneLine(p.En)
			if value, is := strings.CutPrefix(key, label+"="); is {
				all = append(all, Word{strings.Trim(value, `"`), p.Zh})
			} else if value, is = strings.CutPrefix(key, cmp.Or(wordKinds[label].kind, "-")+" "); is && from.above == nil {
				zh := p.Zh
				if wordKinds[label].both {
					zh += " " + value
				}
				all = append(all, Word{value, zh})
			} else {
				continue
			}
			from.users[key][d] = true
		}
	}
	return all
}
