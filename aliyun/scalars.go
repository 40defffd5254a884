package aliyun

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/rawjson"
)

// text decodes a string within the limit of its field.
func text(value []byte, f *fieldShape, path string, odd *notes) (*string, bool) {
	read, ok := scalar(value, func(s string) (string, bool) { return s, true })
	if !ok {
		return nil, false
	}
	switch {
	case len(*read) <= f.limit:
	case f.cuts:
		odd.add(path, fmt.Sprintf("has %d bytes; the first %d are kept", len(*read), f.limit))
		*read = strings.Clone(cut(*read, f.limit)) // so that the long text can be freed
	default:
		odd.add(path, fmt.Sprintf("has %d bytes, more than %d; it is left out", len(*read), f.limit))
		return nil, false
	}
	return read, true
}

// scalar parses the text of a JSON string, number or boolean. It returns nil and true
// if the text is blank and parse does not accept it: the value is absent then.
func scalar[T any](value []byte, parse func(string) (T, bool)) (*T, bool) {
	var s string
	switch value[0] {
	case '{', '[':
		return nil, false
	case '"':
		s = rawjson.Text(value)
	default:
		s = string(value)
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

// Text returns a field as valid UTF-8, which Prometheus requires; "" if it is nil.
func Text(s *string) string {
	if s == nil {
		return ""
	}
	return strings.ToValidUTF8(*s, string(utf8.RuneError))
}
