package aliyun

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// decodeFields fills the struct that dst points to from raw, whose keys are in
// lower case. The API's pages, SDKs and gateways disagree about types, so each
// field is read on its own, by its Go type, in any form that can be meant:
//
//	*string     a string, a number, a boolean
//	*float64    a finite decimal number, also in a string
//	*bool       true, false, 1, 0, also in a string
//	*time.Time  see parseTime
//	*struct     an object
//	[]T         a list, or an object that holds it under the name in the list tag
//
// The fields of an embedded struct are read as if they were its parent's. What
// is missing, null or "" (but for *string) leaves the field nil. What cannot be
// read does too, and is noted. How large a field may be is in its max and most
// tags, see [limitOf] and decodeList.
func decodeFields(raw map[string]json.RawMessage, dst any, path string, odd *notes) {
	v := reflect.ValueOf(dst).Elem()
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if field.Anonymous {
			decodeFields(raw, v.Field(i).Addr().Interface(), path, odd)
			continue
		}
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		value := bytes.TrimSpace(raw[strings.ToLower(name)])
		if len(value) == 0 || string(value) == "null" {
			continue
		}
		decodeField(value, v.Field(i), field.Tag, path+name, odd)
	}
}

// decodeField fills one field from one value that is not null.
func decodeField(value json.RawMessage, field reflect.Value, tag reflect.StructTag, path string, odd *notes) {
	var ok bool
	switch dst := field.Addr().Interface().(type) {
	case **string:
		*dst, ok = text(value, tag, path, odd)
	case **float64:
		*dst, ok = scalar(value, parseNumber)
	case **bool:
		*dst, ok = scalar(value, parseBool)
	case **time.Time:
		*dst, ok = scalar(value, parseTime)
	default:
		if field.Kind() == reflect.Slice {
			decodeList(value, field, tag, path, odd)
			return
		}
		if fields, err := objectFields(value); err == nil {
			field.Set(reflect.New(field.Type().Elem()))
			decodeFields(fields, field.Interface(), path+".", odd)
			return
		}
	}
	if !ok {
		odd.add(path, unreadable)
	}
}

const (
	// mostEntries is how many entries of a list are read that has no most tag: one
	// more than the largest page of the API has, so that too many can be told.
	mostEntries = JobsPerPage + 1

	// mostBytes is how much is kept of a list that has a most tag, as JSON. The
	// 4096 characters that all tags of a batch may have are 48 KiB at most.
	mostBytes = 64 << 10
)

// decodeList fills a slice. Elements that cannot be read are left out. Where the
// most tag says how many are kept, those that were there before are left out too.
func decodeList(value json.RawMessage, field reflect.Value, tag reflect.StructTag, path string, odd *notes) {
	if fields, err := objectFields(value); err == nil {
		inner, ok := fields[strings.ToLower(tag.Get("list"))]
		switch {
		case !ok && len(fields) > 0:
			odd.add(path, unreadable)
			return
		case !ok || string(bytes.TrimSpace(inner)) == "null":
			return
		}
		value = inner
	}
	if s := string(bytes.TrimSpace(value)); s == `""` {
		return
	}
	var elements []json.RawMessage
	if json.Unmarshal(value, &elements) != nil {
		elements = []json.RawMessage{value} // XML turned into JSON loses the list around one element
	}
	most, err := strconv.Atoi(tag.Get("most"))
	distinct := err == nil
	if !distinct {
		elements = elements[:min(len(elements), mostEntries)]
	}
	place := path + "[]" // one for all elements: each place is noted once
	written, seen, size := make(map[string]bool), make(map[any]bool), 0
	for _, e := range elements {
		if string(e) == "null" || written[string(e)] {
			continue
		}
		element := reflect.New(field.Type().Elem()).Elem()
		ok := decodeElement(e, element, tag, place, odd)
		if distinct {
			written[string(e)] = true // it need not be read again
			key := identity(element.Interface())
			if !ok || seen[key] {
				continue
			}
			if size += len(e); len(seen) == most || size > mostBytes {
				odd.add(path, fmt.Sprintf("has %d entries; the first %d different ones are kept", len(elements), len(seen)))
				break
			}
			seen[key] = true
		}
		if ok {
			field.Set(reflect.Append(field, element))
		}
	}
}

// decodeElement fills one element of a list: a string or a struct.
func decodeElement(value json.RawMessage, element reflect.Value, tag reflect.StructTag, path string, odd *notes) (ok bool) {
	if s, isString := reflect.TypeAssert[*string](element.Addr()); isString {
		read, ok := text(value, tag, path, odd)
		if !ok {
			odd.add(path, unreadable)
			return false
		}
		*s = *read
		return true
	}
	fields, err := objectFields(value)
	if err != nil {
		odd.add(path, unreadable)
		return false
	}
	decodeFields(fields, element.Addr().Interface(), path+".", odd)
	return true
}

// identity is what makes two elements of a list the same.
func identity(element any) any {
	if t, ok := element.(Tag); ok {
		return [2]string{deref(t.Key), deref(t.Value)}
	}
	return element
}

// limitOf is how many bytes a text may have, by its max tag, and whether more of
// them are cut off. Texts become label values of each scrape. Without a tag it is
// an id, a version, a state or the like, of which a part means nothing.
func limitOf(tag reflect.StructTag) (limit int, cuts bool) {
	number, mode, _ := strings.Cut(tag.Get("max"), ",")
	if limit, err := strconv.Atoi(number); err == nil {
		return limit, mode == "cut"
	}
	return 256, false
}

// text reads what becomes a string.
func text(value json.RawMessage, tag reflect.StructTag, path string, odd *notes) (*string, bool) {
	read, ok := scalar(value, func(s string) (string, bool) { return s, true })
	if !ok {
		return nil, false
	}
	limit, cuts := limitOf(tag)
	switch {
	case len(*read) <= limit:
	case cuts:
		odd.add(path, fmt.Sprintf("has %d bytes; the first %d are kept", len(*read), limit))
		*read = strings.Clone(cut(*read, limit)) // not to hold on to all of it
	default:
		odd.add(path, fmt.Sprintf("has %d bytes, more than %d; it is left out", len(*read), limit))
		return nil, false
	}
	return read, true
}

// scalar reads a JSON string, number or boolean by its text. An empty string
// is absent for everything but a string: nil and true.
func scalar[T any](value json.RawMessage, parse func(string) (T, bool)) (*T, bool) {
	s := string(value)
	switch value[0] {
	case '{', '[':
		return nil, false
	case '"':
		if json.Unmarshal(value, &s) != nil {
			return nil, false
		}
	}
	read, ok := parse(s)
	if ok {
		return &read, true
	}
	return nil, strings.TrimSpace(s) == ""
}

// parseNumber refuses what [strconv.ParseFloat] takes beyond decimal numbers.
func parseNumber(s string) (float64, bool) {
	s = strings.TrimSpace(s)
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) || strings.ContainsAny(s, "xX_") {
		return 0, false
	}
	return f, true
}

func parseBool(s string) (value, ok bool) {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "true", "1":
		return true, true
	case "false", "0":
		return false, true
	}
	return false, false
}

// timeLayouts are the documented form, with or without seconds or zone. Go
// reads a fraction of a second after each of them by itself.
var timeLayouts = []string{time.RFC3339, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05", "2006-01-02T15:04"}

// parseTime takes a time without a zone as UTC, as the fields' names say.
func parseTime(s string) (time.Time, bool) {
	s = strings.Replace(strings.TrimSpace(s), " ", "T", 1)
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			t = t.UTC()
			return t, t.Year() >= 0 && t.Year() <= 9999 // a zone can lead beyond what JSON can write
		}
	}
	return time.Time{}, false
}
