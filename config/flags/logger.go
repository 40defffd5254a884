package flags

import (
	"fmt"
	"io"
	"slices"

	"github.com/go-kit/log"
	"github.com/go-kit/log/level"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/printable"
)

// maxLogValue is the maximum length of a value in the log, in bytes. Values can come from the
// API, or from another server that answers in its place.
const maxLogValue = 1 << 10

// Loggers returns the logger of the program, whose lines start with ts, level and caller.
// withoutCaller is the same logger for libraries that add caller themselves. Both write to w
// and are safe for concurrent use.
func (f Flags) Loggers(w io.Writer) (logger, withoutCaller log.Logger) {
	w = log.NewSyncWriter(w)
	lines := log.NewLogfmtLogger(escapingWriter{w, logfmtLine})
	if f.LogFormat == "json" {
		lines = log.NewJSONLogger(escapingWriter{w, jsonLine})
	}
	lines = log.With(shortening{lines}, "ts", log.DefaultTimestampUTC)
	lines = level.NewFilter(lines, level.Allow(level.ParseDefault(f.LogLevel, level.InfoValue())))
	return log.With(lines, "caller", log.DefaultCaller), lines
}

// shortening truncates values that are too long.
type shortening struct{ next log.Logger }

func (l shortening) Log(keyvals ...any) error {
	owned := false // keyvals belongs to the caller until it is cloned
	for i := 1; i < len(keyvals); i += 2 {
		// Like the encoders, Sprint accepts an error that is a nil pointer.
		text := fmt.Sprint(keyvals[i])
		if len(text) <= maxLogValue {
			continue
		}
		if !owned {
			keyvals, owned = slices.Clone(keyvals), true
		}
		keyvals[i] = printable.Shorten(text, maxLogValue)
	}
	return l.next.Log(keyvals...)
}
