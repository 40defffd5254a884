package dashboards_test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// Grafana 10.4 knows every field of the dashboards, and every value of those that have a
// list of values: what it does not know, it ignores or refuses.
func TestGrafana104KnowsEveryField(t *testing.T) {
	known := readKnown(t)
	for _, file := range slices.Concat(glob(t, "*.json"), glob(t, chineseFiles)) {
		fields := 0
		walk("dashboard", decoded(t, file), func(path string, value any) {
			fields++
			if complaint := known.complaint(path, value); complaint != "" {
				t.Errorf("%s: %s", file, complaint)
			}
		})
		if fields < 500 {
			t.Errorf("%s has only %d fields", file, fields)
		}
	}
}

// The walk is not blind: what a later Grafana added is found at each place.
func TestLaterFieldsAreFound(t *testing.T) {
	known := readKnown(t)
	for place, text := range map[string]string{
		"a field of the dashboard":     `{"preload": true}`,
		"a column that stays in view":  `{"panels": [{"type": "table", "options": {"frozenColumns": {"left": 1}}}]}`,
		"a cell that wraps its text":   `{"panels": [{"type": "table", "fieldConfig": {"overrides": [{"properties": [{"id": "custom.cellOptions", "value": {"wrapText": true}}]}]}}]}`,
		"a later unit":                 `{"panels": [{"type": "stat", "fieldConfig": {"defaults": {"unit": "fathoms"}}}]}`,
		"a later way of stacking":      `{"panels": [{"type": "timeseries", "fieldConfig": {"defaults": {"custom": {"stacking": {"mode": "tower"}}}}}]}`,
		"a later type of panel":        `{"panels": [{"type": "hologram", "options": {"depth": 1}}]}`,
		"a later transformation":       `{"panels": [{"transformations": [{"id": "fold", "options": {"times": 7}}]}]}`,
		"a later field of a variable":  `{"templating": {"list": [{"staticOptions": true}]}}`,
		"a later field of a query":     `{"panels": [{"targets": [{"forecast": true}]}]}`,
		"a later field of annotations": `{"annotations": {"list": [{"placement": "x"}]}}`,
	} {
		var d any
		if err := json.Unmarshal([]byte(text), &d); err != nil {
			t.Fatal(err)
		}
		found := false
		walk("dashboard", d, func(path string, value any) {
			found = found || known.complaint(path, value) != ""
		})
		if !found {
			t.Errorf("%s is not found", place)
		}
	}
}

// known are the types or values of the fields that a Grafana has.
type known map[string][]string

func readKnown(t *testing.T) known {
	t.Helper()
	text, err := os.ReadFile("testdata/grafana-10.4.txt")
	if err != nil {
		t.Fatal(err)
	}
	all := known{}
	for line := range strings.Lines(string(text)) {
		if path, values, is := strings.Cut(strings.TrimSpace(line), "\t"); is && !strings.HasPrefix(line, "#") {
			all[path] = strings.Fields(values)
		}
	}
	if len(all) < 250 {
		t.Fatalf("testdata has only %d fields", len(all))
	}
	return all
}

// complaint says what is unknown of a field, and nothing if all of it is known.
func (k known) complaint(path string, value any) string {
	values := k.values(path)
	if values == nil {
		return fmt.Sprintf("unknown field %s", path)
	}
	open := slices.ContainsFunc(values, func(v string) bool { return slices.Contains([]string{"any", "string", "number", "boolean"}, v) })
	if path == "field.unit" {
		values, open = k["unit"], false
	}
	if shown := fmt.Sprint(value); !open && !slices.Contains(values, shown) {
		return fmt.Sprintf("%s is %q, want one of %s", path, shown, strings.Join(values, " "))
	}
	return ""
}

// values are the types or values that a field may have, none if it is unknown. The list has a
// star for names that the user chooses, and any above fields of which nothing is said.
func (k known) values(path string) []string {
	if values := k[path]; values != nil {
		return values
	}
	for above := path; ; {
		last := strings.LastIndex(above, ".")
		if last < 0 {
			return nil
		}
		if values := k[above[:last]+".*"+path[len(above):]]; values != nil {
			return values
		}
		if above = above[:last]; slices.Contains(k[above], "any") {
			return []string{"any"}
		}
	}
}

// parts have lists of their own in testdata, wherever they are.
var parts = map[string]string{
	"dashboard.panels":           "panel",
	"dashboard.templating.list":  "variable",
	"dashboard.annotations.list": "annotation",
	"dashboard.links":            "link",
	"panel.targets":              "target",
}

// walk calls visit for each value of a dashboard, with the path of its fields from the part
// that it belongs to. Lists have no part in a path.
func walk(path string, value any, visit func(path string, value any)) {
	if part := parts[path]; part != "" {
		path = part
	}
	switch v := value.(type) {
	case map[string]any:
		for name, inner := range v {
			if path == "panel" {
				walkPanel(fmt.Sprint(v["type"]), name, inner, visit)
			} else {
				walk(path+"."+name, inner, visit)
			}
		}
	case []any:
		for _, element := range v {
			walk(path, element, visit)
		}
	case nil: // as if the field were not there
	default:
		visit(path, v)
	}
}

// walkPanel walks a field of a panel, whose type decides what its options are.
func walkPanel(kind, name string, value any, visit func(path string, value any)) {
	inField := func(path string, value any) {
		visit(strings.Replace(path, "field.custom", "panel "+kind+" custom", 1), value)
	}
	switch name {
	case "options":
		walk("panel "+kind+" options", value, visit)
	case "transformations":
		for _, element := range value.([]any) {
			one := element.(map[string]any)
			walk(fmt.Sprintf("transformation %v", one["id"]), one["options"], visit)
		}
	case "fieldConfig":
		config := value.(map[string]any)
		walk("field", config["defaults"], inField)
		overrides, _ := config["overrides"].([]any)
		for _, o := range overrides {
			properties, _ := o.(map[string]any)["properties"].([]any)
			for _, p := range properties {
				property := p.(map[string]any)
				walk(fmt.Sprintf("field.%v", property["id"]), property["value"], inField)
			}
		}
	default:
		walk("panel."+name, value, visit)
	}
}
