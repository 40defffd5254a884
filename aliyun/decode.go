package aliyun

import (
	"bytes"
	"encoding/json"
	"fmt"
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
