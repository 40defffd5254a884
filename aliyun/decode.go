package aliyun

import (
	"bytes"
	"encoding/json"
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
// What is missing, null or "" (but for *string) leaves the field nil. What
// cannot be read does too, and its path is returned.
func decodeFields(raw map[string]json.RawMessage, dst any, path string) (unreadable []string) {
	v := reflect.ValueOf(dst).Elem()
	for i := range v.NumField() {
		field := v.Type().Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		value := bytes.TrimSpace(raw[strings.ToLower(name)])
		if len(value) == 0 || string(value) == "null" {
			continue
		}
		unreadable = append(unreadable, decodeField(value, v.Field(i), path+name, field.Tag.Get("list"))...)
	}
	return unreadable
}

// decodeField fills one field from one value that is not null.
func decodeField(value json.RawMessage, field reflect.Value, path, list string) (unreadable []string) {
	var ok bool
	switch dst := field.Addr().Interface().(type) {
	case **string:
		*dst, ok = scalar(value, func(s string) (string, bool) { return s, true })
	case **float64:
		*dst, ok = scalar(value, parseNumber)
	case **bool:
		*dst, ok = scalar(value, parseBool)
	case **time.Time:
		*dst, ok = scalar(value, parseTime)
	default:
		if field.Kind() == reflect.Slice {
			return decodeList(value, field, path, list)
		}
		var fields map[string]json.RawMessage
		var err error
		if fields, err = objectFields(value); err == nil {
			field.Set(reflect.New(field.Type().Elem()))
			return decodeFields(fields, field.Interface(), path+".")
		}
	}
	if !ok {
		return []string{path}
	}
	return nil
}

// decodeList fills a slice. Elements that cannot be read are left out.
func decodeList(value json.RawMessage, field reflect.Value, path, list string) (unreadable []string) {
	if fields, err := objectFields(value); err == nil {
		inner, ok := fields[strings.ToLower(list)]
		switch {
		case !ok && len(fields) > 0:
			return []string{path}
		case !ok || string(bytes.TrimSpace(inner)) == "null":
			return nil
		}
		value = inner
	}
	if s := string(bytes.TrimSpace(value)); s == `""` {
		return nil
	}
	var elements []json.RawMessage
	if json.Unmarshal(value, &elements) != nil {
		elements = []json.RawMessage{value} // XML turned into JSON loses the list around one element
	}
	place := path + "[]" // one for all elements: each place is logged once
	for _, e := range elements {
		if string(e) == "null" {
			continue
		}
		element := reflect.New(field.Type().Elem()).Elem()
		if s, isString := reflect.TypeAssert[*string](element.Addr()); isString {
			read, ok := scalar(e, func(s string) (string, bool) { return s, true })
			if !ok {
				unreadable = append(unreadable, place)
				continue
			}
			*s = *read
		} else {
			fields, err := objectFields(e)
			if err != nil {
				unreadable = append(unreadable, place)
				continue
			}
			unreadable = append(unreadable, decodeFields(fields, element.Addr().Interface(), place+".")...)
		}
		field.Set(reflect.Append(field, element))
	}
	return unreadable
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
