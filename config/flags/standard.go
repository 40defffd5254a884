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

// TakeStandardLog makes logger, which must not add a caller, the place for what
// libraries write to the loggers of log and log/slog, until release is called. What
// has no level there, as everything in log, is debug. Of several that take it the last
// one has it.
func TakeStandardLog(logger log.Logger) (release func()) {
	taken := slog.New(standardLog{sloggokit.NewGoKitHandler(logger, slog.LevelDebug)})
	stdlog.SetFlags(stdlog.Lshortfile) // asks SetDefault for the caller
	slog.SetLogLoggerLevel(slog.LevelDebug)
	slog.SetDefault(taken)
	return func() {
		if slog.Default() != taken {
			return
		}
		slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, nil)))
		stdlog.SetOutput(os.Stderr)
		stdlog.SetFlags(stdlog.LstdFlags)
	}
}

// standardLog makes records of the standard loggers fit for the log: without slog's own
// time, as the go-kit logger below writes ts, and without what they quote.
type standardLog struct{ slog.Handler }

func (h standardLog) Handle(ctx context.Context, r slog.Record) error {
	fit := slog.NewRecord(time.Time{}, r.Level, withoutQuoted(r.Message), r.PC)
	r.Attrs(func(a slog.Attr) bool {
		fit.AddAttrs(fitAttr(a))
		return true
	})
	return h.Handler.Handle(ctx, fit)
}

func (h standardLog) WithAttrs(attrs []slog.Attr) slog.Handler {
	fit := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		fit[i] = fitAttr(a)
	}
	return standardLog{h.Handler.WithAttrs(fit)}
}

func (h standardLog) WithGroup(name string) slog.Handler {
	return standardLog{h.Handler.WithGroup(name)}
}

func fitAttr(a slog.Attr) slog.Attr {
	switch a.Value = a.Value.Resolve(); a.Value.Kind() {
	case slog.KindString, slog.KindAny:
		a.Value = slog.StringValue(withoutQuoted(a.Value.String()))
	case slog.KindGroup:
		var fit []slog.Attr
		for _, member := range a.Value.Group() {
			fit = append(fit, fitAttr(member))
		}
		a.Value = slog.GroupValue(fit...)
	}
	return a
}

// quoted is everything between the first and the last quotation mark: what is quoted can
// have some of its own.
var quoted = regexp.MustCompile("(?s)[\"`].*[\"`]")

// withoutQuoted drops what a text quotes. net/http quotes what a server sent, which can
// be the token that it was sent before.
func withoutQuoted(text string) string { return quoted.ReplaceAllString(text, "<quoted text>") }
