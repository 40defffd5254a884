package flags

import (
	"fmt"
	"io"
	"slices"

	"github.com/go-kit/log"
	"github.com/go-kit/log/level"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/printable"
)

// maxLogValue is how long one value of a log line may be, in bytes. Most come from the API
// or from whatever answers in its place.
const maxLogValue = 1 << 10

// Loggers give the program's logger, whose lines begin with ts, level and
// caller, and one without caller for a library that brings its own.
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

// shortening cuts values that are too long.
type shortening struct{ next log.Logger }

func (l shortening) Log(keyvals ...any) error {
	owned := false // keyvals may be the caller's
	for i := 1; i < len(keyvals); i += 2 {
		// Sprint survives an error that is a nil pointer, as the encoders do.
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
