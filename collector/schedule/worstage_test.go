package schedule

import (
	"testing"
	"time"
)

func TestWorstAge(t *testing.T) {
	const rtt = 50 * time.Millisecond
	for name, c := range map[string]struct {
		n, slots, parked int
		used             float64
		want             float64 // seconds
	}{
		"the interval is what counts":       {100, 10, 0, 0, 15*1.02 + 1.05},
		"the budget is what counts":         {1000, 10, 0, 0, 105*1.02 + 1.05},
		"half of the slots":                 {1000, 5, 0, 0, 210*1.02 + 1.05},
		"other classes use a fifth of them": {1000, 10, 0, 0.2, 105/0.8*1.02 + 1.05},
		"half of them are parked":           {1000, 10, 5, 0, 1000/(5/1.05+5./30)*1.02 + 1.05},
		"all of them are parked":            {1000, 10, 10, 0, 1000/(10./30)*1.02 + 1.05 + 45},
	} {
		t.Run(name, func(t *testing.T) {
			got := Capacity{Slots: c.slots, Away: c.parked, RTT: rtt}.WorstAge(c.n, 15*time.Second, c.used)
			if off := got.Seconds() - c.want; off > 0.001 || off < -0.001 {
				t.Errorf("%v, want %.3f s", got, c.want)
			}
		})
	}
}
