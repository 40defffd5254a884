package aliyun

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/rawjson"
)

// parseObject checks that data is a JSON object and returns it for decodeObject. null is
// an empty object.
func parseObject(data []byte) (object []byte, err error) {
	if json.Valid(data) {
		if object = bytes.TrimSpace(data); object[0] == '{' {
			return object, nil
		}
	}
	var none map[string]json.RawMessage
	if err := json.Unmarshal(data, &none); err != nil {
		return nil, err
	}
	return []byte("{}"), nil
}

// decodeObject fills the struct dst from a JSON object. The API's pages, SDKs and
// gateways disagree about JSON types. So each field is decoded on its own, and its Go
// type decides which forms are accepted:
//
//	*string     a string, a number, a boolean
//	*float64    a finite decimal number, also in a string
//	*bool       true, false, 1, 0, also in a string
//	*time.Time  see parseTime
//	*struct     an object
//	[]T         a list, or an object that holds it under the name in the list tag
//
// The case of a key does not matter, because at least one API-compatible gateway spells
// keys its own way. The fields of an embedded struct are read like those of its parent.
// A value that is missing, null or "" leaves the field nil; a *string takes "". A value
// that cannot be read leaves the field nil too and is noted. The tags max and most limit
// the size of a field, see [limitOf] and decodeList.
func decodeObject(object []byte, dst reflect.Value, path string, odd *notes) {
	s := shapeOf(dst.Type())
	members := make([]member, len(s.fields))
	for key, value := range rawjson.Members(object) {
		if i, ok := s.find(key); ok {
			members[i].replace(key, value)
		}
	}
	for i, m := range members {
		if m.value != nil && string(m.value) != "null" {
			f := &s.fields[i]
			decodeField(m.value, dst.FieldByIndex(f.index), f, path+f.name, odd)
		}
	}
}

// member is a member of a JSON object. The zero value is absent.
type member struct{ key, value []byte }

// replace sets a member, unless it has a key that sorts before the new one: if keys
// differ only in case, the one that sorts first wins. Capitals sort first, as in the
// API's own keys. If keys are equal, the last one wins.
func (m *member) replace(key, value []byte) {
	if m.value == nil || rawjson.Text(key) <= rawjson.Text(m.key) {
		*m = member{key, value}
	}
}

// decodeField fills one field from one value that is not null.
func decodeField(value []byte, field reflect.Value, f *fieldShape, path string, odd *notes) {
	var ok bool
	switch dst := field.Addr().Interface().(type) {
	case **string:
		*dst, ok = text(value, f, path, odd)
	case **float64:
		*dst, ok = scalar(value, parseNumber)
	case **bool:
		*dst, ok = scalar(value, parseBool)
	case **time.Time:
		*dst, ok = scalar(value, parseTime)
	default:
		if field.Kind() == reflect.Slice {
			decodeList(value, field, f, path, odd)
			return
		}
		if ok = value[0] == '{'; ok {
			field.Set(reflect.New(field.Type().Elem()))
			decodeObject(value, field.Elem(), path+".", odd)
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
func decodeList(value []byte, list reflect.Value, f *fieldShape, path string, odd *notes) {
	if value[0] == '{' {
		var inner member
		empty := true
		for key, v := range rawjson.Members(value) {
			empty = false
			if strings.ToLower(rawjson.Text(key)) == f.list {
				inner.replace(key, v)
			}
		}
		switch {
		case inner.value == nil && !empty:
			odd.add(path, unreadable)
			return
		case inner.value == nil || string(inner.value) == "null":
			return
		}
		value = inner.value
	}
	if string(value) == `""` {
		return
	}
	elements := rawjson.Elements(value)
	if value[0] != '[' {
		elements = slices.Values([][]byte{value}) // where XML was converted to JSON, a list of one element is the element itself
	}
	element := reflect.New(list.Type().Elem()).Elem()
	place := path + "[]" // the same for all elements, so that a field is noted once
	read, size, seen := 0, 0, make(map[any]bool)
	for e := range elements {
		if read++; f.most == 0 && read > mostEntries {
			return
		}
		element.SetZero()
		if string(e) == "null" || !decodeElement(e, element, f, place, odd) {
			continue
		}
		if f.most > 0 {
			key := identity(element.Interface())
			if seen[key] {
				continue
			}
			if size += len(e); len(seen) == f.most || size > mostBytes {
				odd.add(path, fmt.Sprintf("has %d entries; the first %d different ones are kept", len(slices.Collect(elements)), len(seen)))
				return
			}
			seen[key] = true
		}
		list.Set(reflect.Append(list, element))
	}
}

// decodeElement fills one element of a list: a string or a struct.
func decodeElement(value []byte, element reflect.Value, f *fieldShape, path string, odd *notes) (ok bool) {
	if s, isString := reflect.TypeAssert[*string](element.Addr()); isString {
		read, ok := text(value, f, path, odd)
		if !ok {
			odd.add(path, unreadable)
			return false
		}
		*s = *read
		return true
	}
	if value[0] != '{' {
		odd.add(path, unreadable)
		return false
	}
	decodeObject(value, element, path+".", odd)
	return true
}

// identity returns a comparable value that is equal for equal elements of a list.
func identity(element any) any {
	if t, ok := element.(Tag); ok {
		return [2]string{deref(t.Key), deref(t.Value)}
	}
	return element
}
