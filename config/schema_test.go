package config

import (
	"reflect"
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
	}
}
