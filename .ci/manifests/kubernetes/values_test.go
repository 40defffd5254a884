package kubernetes_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
	k8syaml "sigs.k8s.io/yaml"
)

// value is a row of the table in the chart's README.
type value struct{ key, kind, preset, meaning string }

// chartValues are the keys of values.yaml that comments describe, in their order.
func chartValues(t *testing.T) []value {
	t.Helper()
	var document yaml.Node
	if err := yaml.Unmarshal([]byte(readFile(t, chartDir+"/values.yaml")), &document); err != nil {
		t.Fatal(err)
	}
	return valuesIn(t, "", document.Content[0])
}

// valuesIn looks for them in a mapping, and deeper where one has no description. Each
// value must have one, or be below one.
func valuesIn(t *testing.T, prefix string, mapping *yaml.Node) (all []value) {
	t.Helper()
	for i := 0; i < len(mapping.Content); i += 2 {
		key, node := mapping.Content[i], mapping.Content[i+1]
		// helm-docs marks descriptions in the same way.
		_, meaning, described := strings.Cut(key.HeadComment, "# -- ")
		switch {
		case described:
			meaning = strings.Join(strings.Fields(strings.ReplaceAll(meaning, "\n#", "\n")), " ")
			all = append(all, value{prefix + key.Value, kindOfValue(t, node), preset(t, node), meaning})
		case node.Kind == yaml.MappingNode && len(node.Content) > 0:
			all = append(all, valuesIn(t, prefix+key.Value+".", node)...)
		default:
			t.Errorf("values.yaml says nothing about %s%s", prefix, key.Value)
		}
	}
	return all
}

// kindOfValue is the type of a default, in helm-docs's words.
func kindOfValue(t *testing.T, node *yaml.Node) string {
	t.Helper()
	switch node.Kind {
	case yaml.MappingNode:
		return "object"
	case yaml.SequenceNode:
		return "list"
	}
	kind, known := map[string]string{"!!bool": "bool", "!!int": "int", "!!str": "string", "!!null": "string"}[node.Tag]
	if !known {
		t.Fatalf("%s: a default of type %s", node.Value, node.Tag)
	}
	return kind
}

// preset is a default, written on one line.
func preset(t *testing.T, node *yaml.Node) string {
	t.Helper()
	text, err := yaml.Marshal(node)
	if err != nil {
		t.Fatal(err)
	}
	var content any
	if err := k8syaml.Unmarshal(text, &content); err != nil {
		t.Fatal(err)
	}
	if content == nil {
		return "nil"
	}
	line, err := json.Marshal(content)
	if err != nil {
		t.Fatal(err)
	}
	return string(line)
}

// chartREADME is the chart's README as it should be, with the table made anew. The table
// is the one that helm-docs --sort-values-order=file makes.
func chartREADME(t *testing.T) string {
	t.Helper()
	const begin, end = "<!-- begin generated: values -->\n", "<!-- end generated: values -->\n"
	text := readFile(t, chartDir+"/README.md")
	before, rest, found := strings.Cut(text, begin)
	_, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("the chart's README has no lines %q and %q", begin, end)
	}
	var b strings.Builder
	b.WriteString("| Key | Type | Default | Description |\n|-----|------|---------|-------------|\n")
	for _, v := range chartValues(t) {
		fmt.Fprintf(&b, "| %s | %s | `%s` | %s |\n", v.key, v.kind, v.preset, strings.ReplaceAll(v.meaning, "|", `\|`))
	}
	return before + begin + b.String() + end + after
}

// The schema knows the keys of values.yaml, and refuses all others.
func TestSchemaHasTheValues(t *testing.T) {
	var schema map[string]any
	if err := json.Unmarshal([]byte(readFile(t, chartDir+"/values.schema.json")), &schema); err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, v := range chartValues(t) {
		want = append(want, v.key)
	}
	if diff := cmp.Diff(slices.Sorted(slices.Values(want)), schemaKeys(t, "", schema, want)); diff != "" {
		t.Errorf("values.yaml (-) and the schema (+):\n%s", diff)
	}
}

// Older versions of Helm, such as 3.17, ignore what stands beside a $ref.
func TestSchemaOfOlderHelm(t *testing.T) {
	var schema any
	if err := json.Unmarshal([]byte(readFile(t, chartDir+"/values.schema.json")), &schema); err != nil {
		t.Fatal(err)
	}
	var look func(place string, part any)
	look = func(place string, part any) {
		switch part := part.(type) {
		case []any:
			for i, item := range part {
				look(fmt.Sprintf("%s/%d", place, i), item)
			}
		case map[string]any:
			if _, refers := part["$ref"]; refers && len(part) > 1 {
				t.Errorf("%s: a $ref with %v; put both into allOf", place, slices.Sorted(maps.Keys(part)))
			}
			for key, value := range part {
				look(place+"/"+key, value)
			}
		}
	}
	look("", schema)
}

// schemaKeys goes as deep as values.yaml has descriptions.
func schemaKeys(t *testing.T, prefix string, schema map[string]any, described []string) (keys []string) {
	t.Helper()
	if schema["additionalProperties"] != false && prefix != "global." { // which other charts use, too
		t.Errorf("the schema takes unknown keys in %q", prefix)
	}
	properties := schema["properties"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		property := properties[name].(map[string]any)
		_, deeper := property["properties"]
		switch key := prefix + name; {
		case key == "enabled": // for a parent chart, which Helm evaluates
		case property["$ref"] == elsewhere:
		case deeper && !slices.Contains(described, key):
			keys = append(keys, schemaKeys(t, key+".", property, described)...)
		default:
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}
