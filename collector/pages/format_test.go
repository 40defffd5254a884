package pages

import (
	"strings"
	"testing"
	"time"
)

// Only none is 0%, and only all is 100%.
func TestPercent(t *testing.T) {
	for _, c := range []struct {
		part, whole int
		want        string
	}{
		{0, 500, "0%"}, {119, 500, "23.8%"}, {500, 500, "100%"}, {501, 500, "100%"},
		{1, 1000, "0.1%"}, {1, 1001, "<0.1%"}, {1, 1_000_000, "<0.1%"},
		{999, 1000, "99.9%"}, {1001, 1002, ">99.9%"}, {999_999, 1_000_000, ">99.9%"},
	} {
		if got := strings.ReplaceAll(percent(c.part, c.whole), "\u00a0", " "); got != c.want {
			t.Errorf("%d of %d: %s, want %s", c.part, c.whole, got, c.want)
		}
	}
}

// A time is shown in UTC and, if the exporter has another time zone, in that one too.
func TestInstant(t *testing.T) {
	at := time.Date(2026, 3, 1, 20, 30, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		zone *time.Location
		want string
	}{
		"UTC":                       {time.UTC, ""},
		"a zone of the same time":   {time.FixedZone("GMT", 0), ""},
		"China":                     {time.FixedZone("CST", 8*3600), "2026-03-02 04:30:00 +08:00"},
		"a zone with half an hour":  {time.FixedZone("IST", 5*3600+1800), "2026-03-02 02:00:00 +05:30"},
		"a zone to the west of UTC": {time.FixedZone("CST", -6*3600), "2026-03-01 14:30:00 -06:00"},
	} {
		got := newInstant(at, time.Now().In(c.zone))
		if got.UTC != "2026-03-01 20:30:00 UTC" || got.RFC3339 != "2026-03-01T20:30:00Z" || got.Local != c.want {
			t.Errorf("%s: %+v, want %q", name, got, c.want)
		}
	}
}
