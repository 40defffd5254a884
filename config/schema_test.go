package config

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

// A check tag with an unknown name would check nothing. A check without a tag is dead code.
func TestCheckTags(t *testing.T) {
	used := map[string]bool{}
	for _, schema := range []reflect.Type{
		reflect.TypeFor[Config](), reflect.TypeFor[Polling](), reflect.TypeFor[Account](),
		reflect.TypeFor[Credentials](), reflect.TypeFor[Instance](), reflect.TypeFor[Discover](), reflect.TypeFor[FailureReason](),
	} {
		for field := range schema.Fields() {
			name, ok := field.Tag.Lookup("check")
			if !ok {
				continue
			}
			used[name] = true
			if checks[name] == nil {
				t.Errorf("%s.%s: there is no check %q", schema.Name(), field.Name, name)
			}
		}
	}
	for name := range checks {
		if !used[name] {
			t.Errorf("no key uses the check %q", name)
		}
		if checkSchemas[name] == nil {
			t.Errorf("checkSchemas does not have the check %q", name)
		}
	}
}

// A rule of the JSON schema about a path that does not exist would be lost.
func TestPathSchemas(t *testing.T) {
	known := SchemaPaths()
	for path := range pathSchemas {
		if path != "" && !slices.Contains(known, strings.TrimSuffix(path, "[]")) {
			t.Errorf("pathSchemas has %s, which is no key", path)
		}
	}
}
