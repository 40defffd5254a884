package web

import (
	"context"
	"log/slog"
	"regexp"
	"strings"
	"time"
)

// toolkitLog adapts log records of exporter-toolkit. It removes slog's time, because the go-kit
// logger adds ts, and the values of the web configuration.
type toolkitLog struct{ slog.Handler }

func (h toolkitLog) Handle(ctx context.Context, r slog.Record) error {
	adapted := slog.NewRecord(time.Time{}, r.Level, r.Message, r.PC)
	r.Attrs(func(a slog.Attr) bool {
		if a.Value.Kind() == slog.KindString {
			a.Value = slog.StringValue(withoutValues(a.Value.String()))
		}
		adapted.AddAttrs(a)
		return true
	})
	return h.Handler.Handle(ctx, adapted)
}

// quotedValue matches a value that the YAML library quotes in an error. It may be a password.
var quotedValue = regexp.MustCompile("`[^`]*`")

// withoutValues removes values of the web configuration from an error of exporter-toolkit. It
// replaces errors of bcrypt, which can quote the start of a password and name no cure.
func withoutValues(text string) string {
	if strings.Contains(text, "crypto/bcrypt: ") {
		return "basic_auth_users: a value is not the bcrypt hash of a password; create one with: htpasswd -nBC 10 USER"
	}
	return quotedValue.ReplaceAllString(text, "<value>")
}
