package printable_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/printable"
)

func TestText(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"ordinary":                   {"冷链 v1.2 (100 %) é", "冷链 v1.2 (100 %) é"},
		"nothing":                    {"", ""},
		"white space of every kind":  {"a\tb\nc\r\nd\ve\ff\u0085g\u2028h\u2029i", "a b c  d e f g h i"},
		"an escape sequence":         {"\x1b[31mred", `\u001b[31mred`},
		"NUL and DEL":                {"a\x00b\x7f", `a\u0000b\u007f`},
		"C1: control sequence":       {"a\u009b31m", `a\u009b31m`},
		"C1: first and last":         {"\u0080\u009f", `\u0080\u009f`},
		"bidirectional embeddings":   {"\u202a\u202b\u202c\u202d\u202e", `\u202a\u202b\u202c\u202d\u202e`},
		"bidirectional isolates":     {"\u2066\u2067\u2068\u2069", `\u2066\u2067\u2068\u2069`},
		"bidirectional marks":        {"\u200e\u200f\u061c", `\u200e\u200f\u061c`},
		"a byte order mark":          {"\ufeffa", `\ufeffa`},
		"a C1 byte that is no UTF-8": {"a\x9b31m", "a\ufffd31m"},
		"half a character":           {"\xe5\x86", "\ufffd\ufffd"},
		"Arabic and Hebrew":          {"شركة חברה", "شركة חברה"},
		"joiners of Persian, emoji":  {"می\u200cخواهم 👩\u200d🚀", "می\u200cخواهم 👩\u200d🚀"},
	} {
		t.Run(name, func(t *testing.T) {
			got := printable.Text(c.in)
			if got != c.want {
				t.Errorf("%+q, want %+q", got, c.want)
			}
			if again := printable.Text(got); again != got {
				t.Errorf("a second time it becomes %+q", again)
			}
		})
	}
}

func TestShorten(t *testing.T) {
	const limit = 40
	for name, c := range map[string]struct{ in, want string }{
		"as long as allowed":         {strings.Repeat("a", limit), strings.Repeat("a", limit)},
		"longer":                     {strings.Repeat("a", limit+1), strings.Repeat("a", 21) + "… (cut, 41 bytes)"},
		"within a character":         {strings.Repeat("级", 20), strings.Repeat("级", 7) + "… (cut, 60 bytes)"},
		"within another":             {"a" + strings.Repeat("级", 20), "a" + strings.Repeat("级", 6) + "… (cut, 61 bytes)"},
		"no beginning of characters": {strings.Repeat("\x80", 41), strings.Repeat("\x80", 21) + "… (cut, 41 bytes)"},
	} {
		t.Run(name, func(t *testing.T) {
			got := printable.Shorten(c.in, limit)
			if got != c.want || len(got) > limit {
				t.Errorf("%q (%d bytes), want %q", got, len(got), c.want)
			}
			if utf8.ValidString(c.in) && !utf8.ValidString(got) {
				t.Errorf("%q is no UTF-8", got)
			}
		})
	}
	for limit := range 10 { // a short limit cuts more, and never panics
		if got := printable.Cut("\x80\x80级级\x80\x80\x80\x80\x80\x80", limit); len(got) > limit {
			t.Errorf("%q is longer than %d", got, limit)
		}
	}
}
