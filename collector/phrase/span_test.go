package phrase

import (
	"testing"
	"time"
)

func TestSpan(t *testing.T) {
	for d, want := range map[time.Duration][2]string{
		0:                                {"0 s", "0 秒"},
		499 * time.Millisecond:           {"0 s", "0 秒"},
		59 * time.Second:                 {"59 s", "59 秒"},
		time.Minute:                      {"1 min", "1 分钟"},
		61 * time.Second:                 {"1 min 1 s", "1 分 1 秒"},
		10*time.Minute + time.Second:     {"10 min", "10 分钟"},
		time.Hour:                        {"1 h", "1 小时"},
		time.Hour + 59*time.Second:       {"1 h", "1 小时"},
		23*time.Hour + 59*time.Minute:    {"23 h 59 min", "23 小时 59 分"},
		24 * time.Hour:                   {"1 d", "1 天"},
		1000*24*time.Hour + 26*time.Hour: {"1,001 d 2 h", "1,001 天 2 小时"},
		24*time.Hour + 59*time.Minute:    {"1 d", "1 天"},
	} {
		if got := [2]string{Span(d).In(English), Span(d).In(Chinese)}; got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}
