package phrase

import "time"

// Span is a duration in its two largest units, without the smaller one where it is 0.
func Span(d time.Duration) Text {
	d = d.Round(time.Second)
	const day = 24 * time.Hour
	seconds, minutes, hours := d%time.Minute/time.Second, d%time.Hour/time.Minute, d%day/time.Hour
	switch {
	case d < time.Minute:
		return Of("%d s", seconds)
	case d < 10*time.Minute && seconds > 0:
		return Of("%d min %d s", minutes, seconds)
	case d < time.Hour:
		return Of("%d min", minutes)
	case d < day && minutes > 0:
		return Of("%d h %d min", hours, minutes)
	case d < day:
		return Of("%d h", hours)
	case hours > 0:
		return Of("%s d %d h", Number(int(d/day)), hours)
	default:
		return Of("%s d", Number(int(d/day)))
	}
}
