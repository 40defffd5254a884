package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// The JSON schema of a file is made from the type Config: keys, types, defaults and checks
// from the fields and their tags, descriptions from their doc comments. What the checks say in Go, checkSchemas and pathSchemas
// say in JSON.

// titleOf returns the words of the name of a type: FailureReason is "Failure reason".
func titleOf(name string) string {
	return regexp.MustCompile(`[a-z][A-Z]`).ReplaceAllStringFunc(name, func(ends string) string { return ends[:1] + " " + strings.ToLower(ends[1:]) })
}

type object map[string]any

// scalar are the types of a text: the file may have 20230001 as an ID without quotes. A word such as
// true could be a text too, but then an editor would suggest true and false for every text.
var scalar = []string{"string", "number"}

// merged returns the objects as one. Of a key that several have, the last value counts.
func merged(objects ...object) object {
	all := object{}
	for _, o := range objects {
		maps.Copy(all, o)
	}
	return all
}

// schemaOf returns the JSON schema of a type at a path.
func schemaOf(t reflect.Type, path string, docs map[string]string) object {
	switch {
	case t == reflect.TypeFor[Secret]():
		return merged(object{"type": scalar}, all(matching(unmaskedKey, "the whole value in ASCII, on one line"), noQuotes, noPlaceholder))
	case t == reflect.TypeFor[time.Duration]():
		return maps.Clone(duration)
	case t.Kind() == reflect.Bool:
		return maps.Clone(boolean)
	case t.Kind() == reflect.Slice:
		return merged(object{"type": "array", "items": schemaOf(t.Elem(), path+"[]", docs)}, pathSchemas[path])
	case t.Kind() == reflect.Struct:
		properties := object{}
		for i, key := range keysOf(t) {
			f, at := t.Field(i), join(path, key)
			p := merged(schemaOf(f.Type, at, docs), checkSchemas[f.Tag.Get("check")], pathSchemas[at])
			p["description"] = describe(docs[t.Name()+"."+f.Name], f.Name, t)
			if value, ok := f.Tag.Lookup("default"); ok {
				p["default"] = value
				if f.Type.Kind() == reflect.Int {
					p["default"] = json.Number(value)
				}
			}
			// A key without a value is like no key, except for the required ones.
			if required, _ := pathSchemas[path]["required"].([]string); !slices.Contains(required, key) {
				p["type"] = append(types(p["type"]), "null")
			}
			properties[key] = p
		}
		return merged(object{"title": titleOf(t.Name()), "type": "object", "properties": properties, "additionalProperties": false}, pathSchemas[path])
	}
	return object{"type": map[reflect.Kind]any{reflect.String: scalar, reflect.Int: "integer"}[t.Kind()]}
}

func types(of any) []string {
	if many, ok := of.([]string); ok {
		return slices.Clone(many)
	}
	return []string{of.(string)}
}

// describe returns a doc comment with the keys of the struct in place of its fields. An editor
// shows it below the name of the key, so it does not begin with the name as comments in Go do.
func describe(doc, field string, t reflect.Type) string {
	doc = strings.Join(strings.Fields(doc), " ")
	doc = regexp.MustCompile(`^`+field+` ((is|are) )?`).ReplaceAllLiteralString(doc, "")
	for i, key := range keysOf(t) {
		doc = regexp.MustCompile(`\b`+t.Field(i).Name+`\b`).ReplaceAllLiteralString(doc, key)
	}
	return strings.ToUpper(doc[:1]) + doc[1:]
}

// fieldDocs returns the doc comments of the fields of the package's structs, by Type.Field.
func fieldDocs(t *testing.T) map[string]string {
	t.Helper()
	docs := map[string]string{}
	for _, file := range []string{"config.go", "credentials.go"} {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if spec, ok := n.(*ast.TypeSpec); ok {
				if s, ok := spec.Type.(*ast.StructType); ok {
					for _, field := range s.Fields.List {
						docs[fmt.Sprintf("%s.%s", spec.Name, field.Names[0])] = field.Doc.Text()
					}
				}
			}
			return true
		})
	}
	return docs
}

// JSONSchema returns the JSON schema of a file, as deploy/config.schema.json has it.
func JSONSchema(t *testing.T) []byte {
	t.Helper()
	s := merged(schemaOf(reflect.TypeFor[Config](), "", fieldDocs(t)), object{
		"$schema":     "https://json-schema.org/draft/2020-12/schema",
		"$id":         "https://raw.githubusercontent.com/aliyun-iot-ota/aliyun_iot_ota_exporter/main/deploy/config.schema.json",
		"title":       "Configuration of aliyun_iot_ota_exporter",
		"description": "For completion and checks in editors. aliyun_iot_ota_exporter --config.check checks more.",
	})
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(s); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
