package web

import (
	"context"
	"log/slog"
	"time"
)

// toolkitLog adapts log records of exporter-toolkit. It removes slog's time, because the go-kit
// logger adds ts, and puts errors in words of this program.
type toolkitLog struct{ slog.Handler }

func (h toolkitLog) Handle(ctx context.Context, r slog.Record) error {
	adapted := slog.NewRecord(time.Time{}, r.Level, r.Message, r.PC)
	r.Attrs(func(a slog.Attr) bool {
		if a.Value.Kind() == slog.KindString {
			a.Value = slog.StringValue(inWords(a.Value.String()))
		}
		adapted.AddAttrs(a)
		return true
	})
	return h.Handler.Handle(ctx, adapted)
}
