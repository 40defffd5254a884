package config

import (
	"reflect"
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"
)

var indexes = regexp.MustCompile(`\[\d+\]`)

const Smallest = smallest

// Revalidate runs the validate pass over a parsed config as if it had been built in Go.
func Revalidate(c *Config) (problems, warnings int) {
	r := &report{lines: map[string]int{}}
	c.validate(r)
	return len(r.problems), len(r.warnings)
}

// SchemaPaths lists every key of the schema with its path, list items as [].
func SchemaPaths() []string {
	var paths []string
	eachKey(reflect.TypeFor[Config](), "", func(path, key string) { paths = append(paths, join(path, key)) })
	return paths
}

// GivenLines decodes a text without judging it and returns the line of each key, with every list index as [].
func GivenLines(text string) (map[string]int, error) {
	root, err := readDocument(strings.NewReader(text))
	if err != nil {
		return nil, err
	}
	r := &report{lines: map[string]int{}}
	d := &decoder{report: r}
	d.decode("", root, reflect.ValueOf(&Config{}).Elem())
	if len(r.problems) > 0 {
		return nil, r.problems
	}
	given := map[string]int{}
	for path, line := range r.lines {
		given[indexes.ReplaceAllString(path, "[]")] = line
	}
	return given, nil
}

// MarshalYAML encodes for tests outside the package, so that yaml is imported by the package alone.
func MarshalYAML(v any) ([]byte, error) { return yaml.Marshal(v) }
