package flags_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/go-kit/log/level"
	"github.com/go-logfmt/logfmt"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/printable"
)

// logged returns the line that the logger of the program writes.
func logged(t *testing.T, format string, keyvals ...any) string {
	t.Helper()
	var out bytes.Buffer
	logger, _ := parse(t, "--log.format="+format).Loggers(&out)
	if err := level.Info(logger).Log(keyvals...); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// read parses a line, as another program would, and returns the values by key.
func read(t *testing.T, format, line string) map[string]string {
	t.Helper()
	values := make(map[string]string)
	if format == "json" {
		if err := json.Unmarshal([]byte(line), &values); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		return values
	}
	d := logfmt.NewDecoder(strings.NewReader(line))
	for d.ScanRecord() {
		for d.ScanKeyval() {
			values[string(d.Key())] = string(d.Value())
		}
	}
	if d.Err() != nil {
		t.Fatalf("%v: %s", d.Err(), line)
	}
	return values
}

// hostile are values that the API, or another server in its place, may send.
var hostile = map[string]string{
	"ordinary":                    "COMPLETED",
	"with blanks":                 "a b c",
	"in Chinese":                  "冷链传感器",
	"a C1 control":                "a\u009b31mred",
	"a C1 control and blanks":     "a \u009b31m red",
	"a bidirectional override":    "\u202ereversed\u202c",
	"isolates, quotes, backslash": `a="\u0041\` + "\u2066\u2069\"",
	"a bare backslash":            `C:\new` + "\u202e" + `\path`,
	"a line and a paragraph end":  "a\u2028b\u2029c",
	"marks":                       "\u200e\u200f\u061c\ufeff",
	"C0 controls":                 "a\x1b[31m\r\n\tb\x00\x7f",
	"an empty value":              "",
	"it looks like the next key":  "x\u202e level=error msg=forged",
	"only an override":            "\u202e",
}

// A line contains no character that controls a terminal, whatever its values, and parsing the
// line gives the original values.
func TestLogEscapes(t *testing.T) {
	for _, format := range []string{"logfmt", "json"} {
		for name, value := range hostile {
			t.Run(format+" "+name, func(t *testing.T) {
				line := logged(t, format, "first", value, "err", errors.New(value), "last", "end")
				if i := strings.IndexFunc(strings.TrimSuffix(line, "\n"), printable.Unsafe); i >= 0 {
					t.Errorf("%+q contains an unsafe character at %d", line, i)
				}
				got := read(t, format, line)
				if got["first"] != value || got["err"] != value || got["last"] != "end" || got["level"] != "info" {
					t.Errorf("%+q reads back as %+q, want %+q", line, got, value)
				}
			})
		}
	}
}

func FuzzLogEscapes(f *testing.F) {
	for _, value := range hostile {
		f.Add(value)
	}
	f.Fuzz(func(t *testing.T, value string) {
		if !utf8.ValidString(value) || len(value) > 1000 {
			t.Skip("it is not kept unchanged")
		}
		for _, format := range []string{"logfmt", "json"} {
			line := logged(t, format, "first", value, "last", "end")
			if strings.ContainsFunc(strings.TrimSuffix(line, "\n"), printable.Unsafe) {
				t.Errorf("%+q contains an unsafe character", line)
			}
			if got := read(t, format, line); got["first"] != value || got["last"] != "end" {
				t.Errorf("%+q reads back as %+q", line, got)
			}
		}
	})
}

// long is both an error and a Stringer.
type long string

func (l long) Error() string  { return string(l) }
func (l long) String() string { return string(l) }

// A value of any type is truncated to 1 KiB and ends with its original length.
func TestLogValuesAreCut(t *testing.T) {
	text := strings.Repeat("级", 400_000)
	for _, format := range []string{"logfmt", "json"} {
		for name, value := range map[string]any{
			"a text": text, "an error": errors.New(text), "a type of its own": long(text), "a pointer to an error": &fs.PathError{Op: "open", Path: text, Err: fs.ErrExist},
		} {
			t.Run(format+" "+name, func(t *testing.T) {
				line := logged(t, format, "first", value, "msg", value, "last", "end")
				got := read(t, format, line)
				for _, key := range []string{"first", "msg"} {
					if n := len(got[key]); n > 1024 || n < 1000 || !utf8.ValidString(got[key]) || !strings.Contains(got[key], "… (cut, 1200") {
						t.Errorf("%s is %d bytes long: %s", key, n, got[key])
					}
				}
				if got["last"] != "end" || len(line) > 3000 {
					t.Errorf("a line of %d bytes: %s", len(line), line)
				}
			})
		}
	}
	whole := strings.Repeat("a", 1024)
	if got := read(t, "json", logged(t, "json", "msg", whole))["msg"]; got != whole {
		t.Errorf("a value of 1024 bytes is cut: %s", got)
	}
}

// An error that is a nil pointer is logged as null.
func TestLogNilError(t *testing.T) {
	var none *fs.PathError
	if line := logged(t, "logfmt", "err", none); !strings.HasSuffix(line, " err=null\n") {
		t.Error(line)
	}
}
