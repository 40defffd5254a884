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

// decodeFields fills the struct that dst points to from raw, whose keys are in lower
// case. The API's pages, SDKs and gateways disagree about JSON types. So each field is
// decoded on its own, and its Go type decides which forms are accepted:
//
//	*string     a string, a number, a boolean
//	*float64    a finite decimal number, also in a string
//	*bool       true, false, 1, 0, also in a string
//	*time.Time  see parseTime
//	*struct     an object
//	[]T         a list, or an object that holds it under the name in the list tag
//
// The fields of an embedded struct are read like those of its parent. A value that is
// missing, null or "" leaves the field nil; a *string takes "". A value that cannot be
// read leaves the field nil too and is noted. The tags max and most limit the size of a
// field, see [limitOf] and decodeList.
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
	// mostEntries limits the entries that are read of a list without a most tag. It is
	// one more than the largest page of the API, so that a longer page is noticed.
	mostEntries = JobsPerPage + 1

	// mostBytes limits the JSON that is kept of a list with a most tag. All tags of a
	// batch have at most 4096 characters, which are at most 48 KiB.
	mostBytes = 64 << 10
)

// decodeList fills a slice. It leaves out elements that cannot be read. With a most tag,
// which limits the number of elements, it leaves out duplicates too.
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
		elements = []json.RawMessage{value} // where XML was converted to JSON, a list of one element is the element itself
	}
	most, err := strconv.Atoi(tag.Get("most"))
	distinct := err == nil
	if !distinct {
		elements = elements[:min(len(elements), mostEntries)]
	}
	place := path + "[]" // the same for all elements, so that a field is noted once
	written, seen, size := make(map[string]bool), make(map[any]bool), 0
	for _, e := range elements {
		if string(e) == "null" || written[string(e)] {
			continue
		}
		element := reflect.New(field.Type().Elem()).Elem()
		ok := decodeElement(e, element, tag, place, odd)
		if distinct {
			written[string(e)] = true // skips the same JSON
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

// identity returns a comparable value that is equal for equal elements of a list.
func identity(element any) any {
	if t, ok := element.(Tag); ok {
		return [2]string{deref(t.Key), deref(t.Value)}
	}
	return element
}

// limitOf returns how many bytes a text may have, and whether a longer text is
// shortened or left out. It limits the label values of each scrape. The max tag sets
// both. A field without it is an id, a version or a state: a part of it would be
// useless, so a longer text is left out.
func limitOf(tag reflect.StructTag) (limit int, cuts bool) {
	number, mode, _ := strings.Cut(tag.Get("max"), ",")
	if limit, err := strconv.Atoi(number); err == nil {
		return limit, mode == "cut"
	}
	return 256, false
}

// text decodes a string within the limit of its tag.
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
		*read = strings.Clone(cut(*read, limit)) // so that the long text can be freed
	default:
		odd.add(path, fmt.Sprintf("has %d bytes, more than %d; it is left out", len(*read), limit))
		return nil, false
	}
	return read, true
}

// scalar parses the text of a JSON string, number or boolean. It returns nil and true
// if the text is blank and parse does not accept it: the value is absent then.
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

// parseNumber parses a finite decimal number. It refuses the other forms that
// [strconv.ParseFloat] accepts.
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

// timeLayouts are the documented layout and its variants without seconds or zone. Go
// accepts a fraction of a second after each of them.
var timeLayouts = []string{time.RFC3339, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05", "2006-01-02T15:04"}

// parseTime takes a time without a zone as UTC, as the names of the fields say.
func parseTime(s string) (time.Time, bool) {
	s = strings.Replace(strings.TrimSpace(s), " ", "T", 1)
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			t = t.UTC()
			return t, t.Year() >= 0 && t.Year() <= 9999 // a zone can move a time out of the range that JSON can encode
		}
	}
	return time.Time{}, false
}
