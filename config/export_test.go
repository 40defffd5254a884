package config

import (
	"reflect"
	"regexp"
	"strings"
)

// indexes match the index of a list item in a path.
var indexes = regexp.MustCompile(`\[\d+\]`)

// Smallest is the configuration that an error message gives as an example.
const Smallest = smallest

// Revalidate runs the validate pass on a configuration that Parse returned.
func Revalidate(c *Config) (problems, warnings int) {
	r := &report{lines: map[string]int{}}
	c.validate(r)
	return len(r.problems), len(r.warnings)
}

// SchemaPaths returns the paths of all keys of the schema. [] stands for a list item.
func SchemaPaths() []string {
	var paths []string
	eachKey(reflect.TypeFor[Config](), "", func(path, key string) { paths = append(paths, join(path, key)) })
	return paths
}

// GivenLines decodes a text, without validating it, and returns the line of each key by its
// path. The paths are those of SchemaPaths.
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
