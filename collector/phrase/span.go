package phrase

import "time"

// Span is a duration in its two largest units.
func Span(d time.Duration) Text {
	d = d.Round(time.Second)
	const day = 24 * time.Hour
	switch {
	case d < time.Minute:
		return Of("%d s", d/time.Second)
	case d < 10*time.Minute:
		return Of("%d min %d s", d/time.Minute, d%time.Minute/time.Second)
	case d < time.Hour:
		return Of("%d min", d/time.Minute)
	case d < day:
		return Of("%d h %d min", d/time.Hour, d%time.Hour/time.Minute)
	default:
		return Of("%s d %d h", Number(int(d/day)), d%day/time.Hour)
	}
}
