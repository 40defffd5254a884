package flags

import (
	"bytes"
	"errors"
	stdlog "log"
	"log/slog"
	"regexp"
	"strings"
	"testing"
)

// What libraries write to the standard loggers has the format and the level of the log, and
// quotes nothing.
func TestStandardLog(t *testing.T) {
	unsolicited := func() {
		stdlog.Printf("Unsolicited response received on idle HTTP channel starting with %q; err=%v", "HTTP/1.1 200 OK\r\nX: \"hush", nil)
	}
	for name, c := range map[string]struct {
		level, format string
		write         func()
		want          string // a regular expression; "": no line
	}{
		"log at debug":          {"debug", "logfmt", unsolicited, `^ts=\S+ level=debug caller=standard_test.go:\d+ msg="Unsolicited response received on idle HTTP channel starting with <quoted text>; err=<nil>"\n$`},
		"log at debug, as JSON": {"debug", "json", unsolicited, `"caller":"standard_test.go:\d+","level":"debug","msg":"Unsolicited `},
		"log at info":           {"info", "logfmt", unsolicited, ""},
		"slog at its own level": {"warn", "logfmt", func() { slog.Warn("odd", "err", errors.New(`malformed "hush"`)) },
			`^ts=\S+ level=warn caller=standard_test.go:\d+ msg=odd err="malformed <quoted text>"\n$`},
		"slog in a group":      {"info", "logfmt", func() { slog.Info("odd", slog.Group("g", "a", "`hush`")) }, `msg=odd g\.a="<quoted text>"\n$`},
		"slog with an origin":  {"info", "logfmt", func() { slog.With("peer", `"hush"`).Info("odd") }, `msg=odd peer="<quoted text>"\n$`},
		"slog below the level": {"error", "logfmt", func() { slog.Warn("odd") }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			_, withoutCaller := Flags{LogLevel: c.level, LogFormat: c.format}.Loggers(&out)
			restore := RedirectStandardLog(withoutCaller)
			c.write()
			restore()
			text := out.String()
			if c.want == "" && text != "" || !regexp.MustCompile(c.want).MatchString(text) {
				t.Errorf("%q, want %s", text, c.want)
			}
			if strings.Contains(text, "hush") {
				t.Errorf("%q contains a quoted text", text)
			}
			stdlog.SetOutput(&bytes.Buffer{})
			slog.Error("after the end")
			stdlog.Print("after the end")
			if out.String() != text {
				t.Errorf("written after the end: %q", out.String())
			}
		})
	}
}
