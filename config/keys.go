package config

import (
	"cmp"
	"reflect"
	"slices"
	"strings"
)

// keysOf lists the YAML keys of a struct of the schema in the order of its fields.
// Fields that the file cannot set come last in a struct, so an index in the list is the
// index of the field.
func keysOf(t reflect.Type) []string {
	var keys []string
	for f := range t.Fields() {
		if key := f.Tag.Get("yaml"); key != "" && key != "-" {
			keys = append(keys, key)
		}
	}
	return keys
}

// wantKeys says which keys belong in a struct of the schema.
func wantKeys(t reflect.Type) string {
	return "key: value lines with any of " + strings.Join(keysOf(t), ", ")
}

// unknownKey reports a key that does not belong at the path, with the likeliest cure.
func (d *decoder) unknownKey(path, key string, line int, t reflect.Type) {
	known := keysOf(t)
	// {key:value} is one long key to YAML, and its second half may be a secret.
	if name, _, ok := strings.Cut(key, ":"); ok && slices.Contains(known, name) {
		d.undecodable(line, join(path, name), "no space after the colon; write %s: and then the value", name)
		return
	}
	if homes := homesOf(key); homes != nil {
		d.undecodable(line, join(path, key), "unknown key here; it belongs in %s", strings.Join(homes, " or "))
		return
	}
	if near := nearest(key, known); near != "" {
		// The near key counts as broken too: nobody needs to hear that it is missing.
		d.broken = append(d.broken, join(path, near))
		d.undecodable(line, join(path, shownKey(key)), "unknown key; did you mean %s?", near)
		return
	}
	d.undecodable(line, join(path, shownKey(key)), "unknown key; known here are %s", strings.Join(known, ", "))
}

// eachKey visits the keys of the schema below t, each with the path of the struct that
// knows it.
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

// homesOf lists the places of the schema that know the key.
func homesOf(key string) []string {
	var homes []string
	eachKey(reflect.TypeFor[Config](), "", func(path, k string) {
		if k == key {
			homes = append(homes, cmp.Or(path, "the top level"))
		}
	})
	return homes
}

// shownKey is the key as an error may print it. A secret can end up where a key
// belongs, so only lower case words and near misses of known keys are printed.
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
	return "(key not shown)"
}

// snake turns accessKeyId, AccessKeyID and access-key-id into access_key_id.
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

// nearest is the known key that the key is most likely meant to be, "" if none is near.
func nearest(key string, known []string) string {
	key = snake(key)
	best, fewest := "", 3
	for _, k := range known {
		// Two slips in a word of three letters make another word.
		if edits := distance(key, k); edits < fewest && edits <= len(k)/3 {
			best, fewest = k, edits
		}
	}
	return best
}

// distance is the number of letters to insert, remove or change to get from a to b
// (Levenshtein).
func distance(a, b string) int {
	if len(a) > 64 {
		return len(a)
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j]+1, row[j+1]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
