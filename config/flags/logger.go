package flags

import (
	"io"

	"github.com/go-kit/log"
	"github.com/go-kit/log/level"
)

// Loggers give the program's logger, whose lines begin with ts, level and
// caller, and one without caller for a library that brings its own.
func (f Flags) Loggers(w io.Writer) (logger, withoutCaller log.Logger) {
	lines := log.NewLogfmtLogger(log.NewSyncWriter(w))
	if f.LogFormat == "json" {
		lines = log.NewJSONLogger(log.NewSyncWriter(w))
	}
	lines = log.With(lines, "ts", log.DefaultTimestampUTC)
	lines = level.NewFilter(lines, level.Allow(level.ParseDefault(f.LogLevel, level.InfoValue())))
	return log.With(lines, "caller", log.DefaultCaller), lines
}
