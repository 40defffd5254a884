package collector

import (
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

func TestTurnOf(t *testing.T) {
	asked := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	at := func(d time.Duration) *time.Time { v := asked.Add(d); return &v }
	job := func(status string) *aliyun.Job { return &aliyun.Job{JobStatus: &status} }
	scheduled := func(status string, start, finish *time.Time) *aliyun.Job {
		j := job(status)
		j.UtcScheduleTime, j.UtcScheduleFinishTime = start, finish
		return j
	}
	for name, c := range map[string]struct {
		state    State
		pardoned bool
		want     class
		moment   *time.Time
	}{
		"never polled":                          {state: State{}, want: fresh},
		"never polled, but throttled":           {state: State{Err: failure(aliyun.ClassThrottled)}, want: fresh},
		"in progress":                           {state: State{Asked: asked, Job: job("IN_PROGRESS")}, want: live},
		"a status that nobody knows":            {state: State{Asked: asked, Job: job("PAUSED")}, want: live},
		"no status at all":                      {state: State{Asked: asked, Job: &aliyun.Job{}}, want: live},
		"in progress, throttled last":           {state: State{Asked: asked, Job: job("IN_PROGRESS"), Err: failure(aliyun.ClassThrottled)}, want: live},
		"completed":                             {state: State{Asked: asked, Job: job("COMPLETED")}, want: settled},
		"canceled":                              {state: State{Asked: asked, Job: job("CANCELED")}, want: settled},
		"completed, with a schedule to come":    {state: State{Asked: asked, Job: scheduled("COMPLETED", at(time.Hour), at(time.Hour))}, want: settled},
		"planned":                               {state: State{Asked: asked, Job: scheduled("PLANNED", at(time.Hour), at(2*time.Hour))}, want: planned, moment: at(time.Hour + afterMoment)},
		"planned, its moment passed when asked": {state: State{Asked: asked, Job: scheduled("PLANNED", at(-time.Second), at(time.Hour))}, want: live, moment: at(time.Hour + afterMoment)},
		"planned, asked just at its moment":     {state: State{Asked: asked, Job: scheduled("PLANNED", at(0), nil)}, want: planned, moment: at(afterMoment)},
		"planned without a schedule":            {state: State{Asked: asked, Job: job("PLANNED")}, want: live},
		"in progress with a finish to come":     {state: State{Asked: asked, Job: scheduled("IN_PROGRESS", at(-time.Hour), at(time.Hour))}, want: live, moment: at(time.Hour + afterMoment)},
		"in progress, its finish passed":        {state: State{Asked: asked, Job: scheduled("IN_PROGRESS", nil, at(-time.Hour))}, want: live},
		"failing":                               {state: State{Asked: asked, Job: job("IN_PROGRESS"), Err: failure(aliyun.ClassServer), Failures: 1}, want: failing},
		"gone":                                  {state: State{Asked: asked, Err: failure(aliyun.ClassNotFound), Failures: 1}, want: failing},
		"failing, but pardoned":                 {state: State{Asked: asked, Job: job("PLANNED"), Err: failure(aliyun.ClassTimeout), Failures: 9}, pardoned: true, want: live},
		"failed ever since, but pardoned":       {state: State{Asked: asked, Err: failure(aliyun.ClassTimeout), Failures: 9}, pardoned: true, want: fresh},
	} {
		t.Run(name, func(t *testing.T) {
			got := planRules.turnOf(&c.state, c.pardoned)
			if got.class != c.want {
				t.Errorf("class %d, want %d", got.class, c.want)
			}
			if c.moment == nil && !got.moment.IsZero() || c.moment != nil && !got.moment.Equal(*c.moment) {
				t.Errorf("moment %v, want %v", got.moment, c.moment)
			}
			if c.want != failing && !got.at.Equal(c.state.Asked) {
				t.Errorf("waits from %v, was asked at %v", got.at, c.state.Asked)
			}
		})
	}
}

func TestBackoff(t *testing.T) {
	for name, c := range map[string]struct {
		class    aliyun.Class
		failures int
		want     time.Duration
	}{
		"the first retry comes after one interval": {aliyun.ClassServer, 1, 15 * time.Second},
		"the second after two":                     {aliyun.ClassServer, 2, 30 * time.Second},
		"the fifth after 4 minutes":                {aliyun.ClassDecode, 5, 4 * time.Minute},
		"no wait is longer than 5 minutes":         {aliyun.ClassInvalid, 6, 5 * time.Minute},
		"not after many failures either":           {aliyun.ClassTimeout, 1_000_000, 5 * time.Minute},
		"what is gone waits longer":                {aliyun.ClassNotFound, 7, 16 * time.Minute},
		"but a settled interval at most":           {aliyun.ClassNotFound, 1_000_000, 24 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			spread := make(map[time.Duration]bool)
			for _, jobID := range []string{"a", "b", "c", "d"} {
				got := planRules.backoff(&State{Target: Target{JobID: jobID}, Err: failure(c.class), Failures: c.failures})
				if got < c.want || got > c.want*11/10 {
					t.Errorf("%v, want %v and up to a tenth more", got, c.want)
				}
				spread[got] = true
			}
			if len(spread) == 1 {
				t.Error("batches that fail together are asked again together")
			}
		})
	}
}
