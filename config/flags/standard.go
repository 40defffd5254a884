package flags

import (
	"context"
	stdlog "log"
	"log/slog"
	"os"
	"regexp"
	"time"

	"github.com/go-kit/log"
	sloggokit "github.com/tjhop/slog-gokit"
)

// RedirectStandardLog sends what libraries write to the standard loggers of log and log/slog
// to logger, until restore is called. logger must not add a caller. Messages of package log,
// which have no level, get the level debug. A later call replaces the redirection.
func RedirectStandardLog(logger log.Logger) (restore func()) {
	redirected := slog.New(standardLog{sloggokit.NewGoKitHandler(logger, slog.LevelDebug)})
	stdlog.SetFlags(stdlog.Lshortfile) // makes SetDefault keep the caller
	slog.SetLogLoggerLevel(slog.LevelDebug)
	slog.SetDefault(redirected)
	return func() {
		if slog.Default() != redirected {
			return
		}
		slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, nil)))
		stdlog.SetOutput(os.Stderr)
		stdlog.SetFlags(stdlog.LstdFlags)
	}
}

// standardLog adapts records of the standard loggers. It removes slog's time, because the
// go-kit logger adds ts, and quoted texts.
type standardLog struct{ slog.Handler }

func (h standardLog) Handle(ctx context.Context, r slog.Record) error {
	adapted := slog.NewRecord(time.Time{}, r.Level, withoutQuoted(r.Message), r.PC)
	r.Attrs(func(a slog.Attr) bool {
		adapted.AddAttrs(adaptAttr(a))
		return true
	})
	return h.Handler.Handle(ctx, adapted)
}

func (h standardLog) WithAttrs(attrs []slog.Attr) slog.Handler {
	adapted := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		adapted[i] = adaptAttr(a)
	}
	return standardLog{h.Handler.WithAttrs(adapted)}
}

func (h standardLog) WithGroup(name string) slog.Handler {
	return standardLog{h.Handler.WithGroup(name)}
}

func adaptAttr(a slog.Attr) slog.Attr {
	switch a.Value = a.Value.Resolve(); a.Value.Kind() {
	case slog.KindString, slog.KindAny:
		a.Value = slog.StringValue(withoutQuoted(a.Value.String()))
	case slog.KindGroup:
		var adapted []slog.Attr
		for _, member := range a.Value.Group() {
			adapted = append(adapted, adaptAttr(member))
		}
		a.Value = slog.GroupValue(adapted...)
	}
	return a
}

// quoted matches everything from the first to the last quotation mark, because a quoted text
// may contain quotation marks.
var quoted = regexp.MustCompile("(?s)[\"`].*[\"`]")

// withoutQuoted removes what a text quotes. net/http quotes what a server sends, and a server
// may send back the token that it received.
func withoutQuoted(text string) string { return quoted.ReplaceAllString(text, "<quoted text>") }
