package config

import (
	"cmp"
	"reflect"
	"slices"
	"strings"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/config/spelling"
)

// keysOf returns the YAML keys of a struct of the schema in the order of its fields. Fields
// without a key come last in a struct, so an index in the result is the index of the field.
func keysOf(t reflect.Type) []string {
	var keys []string
	for f := range t.Fields() {
		if key := f.Tag.Get("yaml"); key != "" && key != "-" {
			keys = append(keys, key)
		}
	}
	return keys
}

// wantKeys describes the keys of a struct of the schema for a message.
func wantKeys(t reflect.Type) string {
	return "key: value lines, where the keys are " + strings.Join(keysOf(t), ", ")
}

// unknownKey reports a key that the schema does not have at the path, with the most likely
// cure.
func (d *decoder) unknownKey(path, key string, line int, t reflect.Type) {
	known := keysOf(t)
	// YAML reads {key:value} as one long key. Its second half may be a secret.
	if name, _, ok := strings.Cut(key, ":"); ok && slices.Contains(known, name) {
		d.undecodable(line, join(path, name), "no space after the colon; write %s: and then the value", name)
		return
	}
	if homes := homesOf(key); homes != nil {
		d.undecodable(line, join(path, key), "unknown key here; it belongs in %s", strings.Join(homes, " or "))
		return
	}
	if near := nearest(key, known); near != "" {
		// The near key counts as broken too, so that it is not reported as missing.
		d.broken = append(d.broken, join(path, near))
		d.undecodable(line, join(path, shownKey(key)), "unknown key; did you mean %s?", near)
		return
	}
	d.undecodable(line, join(path, shownKey(key)), "unknown key; the keys here are %s", strings.Join(known, ", "))
}

// eachKey calls visit for each key of the schema below t, with the path of its struct.
func eachKey(t reflect.Type, path string, visit func(path, key string)) {
	for i, key := range keysOf(t) {
		visit(path, key)
		at, field := join(path, key), t.Field(i).Type
		if field.Kind() == reflect.Slice {
			at, field = at+"[]", field.Elem()
		}
		if field.Kind() == reflect.Struct {
			eachKey(field, at, visit)
		}
	}
}

// homesOf returns the paths of the structs of the schema that have the key.
func homesOf(key string) []string {
	var homes []string
	eachKey(reflect.TypeFor[Config](), "", func(path, k string) {
		if k == key {
			homes = append(homes, cmp.Or(path, "the top level"))
		}
	})
	return homes
}

// shownKey returns the key as a message may show it. The key may be a misplaced secret, so
// only lower-case words and misspelt known keys are shown.
func shownKey(key string) string {
	const lower, rest = "abcdefghijklmnopqrstuvwxyz_-", "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	if key != "" && len(key) <= 32 && strings.Trim(key, lower) == "" {
		return key
	}
	var known []string
	eachKey(reflect.TypeFor[Config](), "", func(_, k string) { known = append(known, k) })
	if strings.Trim(key, lower+rest) == "" && nearest(key, known) != "" {
		return key
	}
	return "(hidden key)"
}

// snake converts accessKeyId, AccessKeyID and access-key-id to access_key_id.
func snake(key string) string {
	var b strings.Builder
	lower := false
	for _, c := range key {
		switch {
		case c == '-':
			c = '_'
		case c >= 'A' && c <= 'Z':
			if lower {
				b.WriteByte('_')
			}
			lower = false
			c += 'a' - 'A'
		default:
			lower = true
		}
		b.WriteRune(c)
	}
	return b.String()
}

// nearest returns the known key that a misspelt one stands for, "" if there is none.
func nearest(key string, known []string) string { return spelling.Nearest(snake(key), known) }
