package store

import (
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// counting returns the state of a running batch of 1000 devices after rounds of counts, each
// a minute after the one before. finished returns how many had finished after a minute.
func counting(rounds int, finished func(minute int) int) *State {
	start := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	s := &State{AsOf: start, Job: &aliyun.Job{JobStatus: new("IN_PROGRESS"), SelectionType: new("STATIC")}}
	for minute := range rounds {
		n := finished(minute)
		s = s.WithDevices(&DeviceCounts{
			ByStatus: map[string]int{"SUCCEEDED": n, "QUEUED": 1000 - n}, Total: 1000, AsOf: start.Add(time.Duration(minute) * time.Minute),
		})
	}
	return s
}

func TestRate(t *testing.T) {
	steadily := func(perMinute int) func(int) int { return func(minute int) int { return min(1000, perMinute*minute) } }
	for name, c := range map[string]struct {
		s    *State
		rate float64
		over time.Duration // 0: no rate
		left time.Duration // after the last count; 0: no end
	}{
		"never counted":                  {&State{}, 0, 0, 0},
		"one count":                      {counting(1, steadily(5)), 0, 0, 0},
		"two counts":                     {counting(2, steadily(5)), 5, time.Minute, 199 * time.Minute},
		"half an hour":                   {counting(31, steadily(5)), 5, 30 * time.Minute, 170 * time.Minute},
		"nothing finishes":               {counting(31, steadily(0)), 0, 30 * time.Minute, 0},
		"all have finished":              {counting(31, steadily(100)), 1000.0 / 30, 30 * time.Minute, 0},
		"only the last hour counts":      {counting(181, func(minute int) int { return max(0, minute-100) }), 1, 60 * time.Minute, 920 * time.Minute},
		"devices are taken out of batch": {counting(3, func(minute int) int { return 10 - minute }), 0, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			rate, over, ok := c.s.Devices.Rate()
			if rate != c.rate || over != c.over || ok != (c.over > 0) {
				t.Errorf("%v a minute over %v, %t; want %v over %v", rate, over, ok, c.rate, c.over)
			}
			at, ok := c.s.FinishesAt()
			if ok != (c.left > 0) || ok && at.Sub(c.s.Devices.AsOf) != c.left {
				t.Errorf("the last device finishes at %v, %t; want %v later", at, ok, c.left)
			}
		})
	}
	for name, change := range map[string]func(*aliyun.Job){
		"a dynamic batch has no end":      func(j *aliyun.Job) { j.SelectionType = new("DYNAMIC") },
		"a completed batch has no future": func(j *aliyun.Job) { j.JobStatus = new("COMPLETED") },
	} {
		s := counting(10, steadily(5))
		change(s.Job)
		if _, ok := s.FinishesAt(); ok {
			t.Error(name)
		}
	}
}

// What is kept for the rate does not grow with the age of a batch.
func TestEarlierCountsAreBounded(t *testing.T) {
	s := counting(3000, func(minute int) int { return minute / 5 })
	if n := len(s.Devices.earlier); n != maxEarlier {
		t.Errorf("%d earlier counts", n)
	}
}
