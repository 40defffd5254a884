package kubernetes_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	k8syaml "sigs.k8s.io/yaml"
)

// Each value of the chart does what values.yaml says, and nothing but that value does it.
func TestEachValueHasItsEffect(t *testing.T) {
	c := loadChart(t)
	for _, e := range effects {
		t.Run(e.key, func(t *testing.T) {
			v := parseValues(t, e.values)
			text, _, err := helmTemplate(c, v)
			if err != nil {
				t.Fatal(err)
			}
			all := decodeObjects(t, text)
			var want any
			if err := k8syaml.Unmarshal([]byte(strings.ReplaceAll(e.want, "APP_VERSION", c.AppVersion())), &want); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, e.found(t, all, want)); diff != "" {
				t.Errorf("%s of %s, want (-) and rendered (+):\n%s", e.at, e.object, diff)
			}
			for _, complaint := range complaintsAbout(all, e.theirs...) {
				if e.complaint == "" || !strings.Contains(complaint, e.complaint) {
					t.Error(complaint)
				}
			}

			without := parseValues(t, e.values)
			unset(without, strings.Split(e.key, ".")...)
			if text, _, err = helmTemplate(c, without); err != nil {
				return // it is required
			}
			if reflect.DeepEqual(want, e.found(t, decodeObjects(t, text), want)) {
				t.Errorf("%s of %s is the same without the value", e.at, e.object)
			}
		})
	}
}

// No value is without a test.
func TestEachValueIsTested(t *testing.T) {
	tested := map[string]bool{}
	for _, e := range effects {
		tested[e.key] = true
	}
	for _, v := range chartValues(t) {
		if !tested[v.key] {
			t.Errorf("effects has none for %s", v.key)
		}
		delete(tested, v.key)
	}
	for key := range tested {
		t.Errorf("effects has one for %s, which values.yaml has not", key)
	}
}

// A value that a parent chart or a user sets to null is refused in plain words, or is as
// if it were empty. No template fails on it.
func TestEachValueCanBeNull(t *testing.T) {
	c := loadChart(t)
	all := releases["all that Prometheus and Grafana can have"].values + "ingress: {enabled: true}"
	for _, base := range []string{all, all + "\nshards: 2", "demo: true"} {
		for _, v := range chartValues(t) {
			path := strings.Split(v.key, ".")
			changed := parseValues(t, base)
			for _, costly := range []string{"prometheusRule", "dashboards"} {
				if path[0] != costly {
					set(changed, false, costly, "enabled")
				}
			}
			set(changed, nil, path...)
			text, _, err := helmTemplate(c, changed)
			switch {
			case err == nil:
				decodeObjects(t, text)
			case !strings.Contains(err.Error(), "don't meet the specifications of the schema") && !strings.HasPrefix(err.Error(), "execution error at"):
				t.Errorf("%s: null: %v", v.key, err)
			}
		}
	}
}

// found is what stands at the place of an effect, nil if there is no such place.
func (e effect) found(t *testing.T, all objects, want any) any {
	t.Helper()
	kind, part, _ := strings.Cut(e.object, " ")
	for _, object := range all {
		if kindOf(object) != kind || !strings.Contains(object.GetName(), part) {
			continue
		}
		text, err := json.Marshal(object)
		if err != nil {
			t.Fatal(err)
		}
		var content any
		if err := json.Unmarshal(text, &content); err != nil {
			t.Fatal(err)
		}
		return at(content, want, strings.Split(e.at, "/")[1:]...)
	}
	return nil
}

// at follows a JSON pointer.
func at(content, want any, path ...string) any {
	if len(path) == 0 {
		return content
	}
	switch content := content.(type) {
	case map[string]any:
		return at(content[strings.ReplaceAll(path[0], "~1", "/")], want, path[1:]...)
	case []any:
		if path[0] == "*" {
			if slices.ContainsFunc(content, func(item any) bool { return reflect.DeepEqual(at(item, want, path[1:]...), want) }) {
				return want
			}
			return nil
		}
		if i, err := strconv.Atoi(path[0]); err == nil && i < len(content) {
			return at(content[i], want, path[1:]...)
		}
	}
	return nil
}

// set sets a value that may be deeper in others.
func set(v values, to any, path ...string) {
	for _, key := range path[:len(path)-1] {
		deeper, ok := v[key].(values)
		if !ok {
			deeper = values{}
			v[key] = deeper
		}
		v = deeper
	}
	v[path[len(path)-1]] = to
}

// unset takes a value away.
func unset(v values, path ...string) {
	for _, key := range path[:len(path)-1] {
		v = v[key].(values)
	}
	delete(v, path[len(path)-1])
}
