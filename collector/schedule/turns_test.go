package schedule

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// What a batch waits for. Times count from its last poll unless the case says otherwise.
func TestTurnsOf(t *testing.T) {
	asked := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	at := func(d time.Duration) *time.Time { v := asked.Add(d); return &v }
	job := func(status string) *aliyun.Job { return &aliyun.Job{JobStatus: &status} }
	planning := func(status string, start, finish *time.Time) *aliyun.Job {
		j := job(status)
		j.UtcScheduleTime, j.UtcScheduleFinishTime = start, finish
		return j
	}
	created := func(status string, at *time.Time) *aliyun.Job {
		j := job(status)
		j.UtcCreate = at
		return j
	}
	seen := *at(5 * time.Second) // by a list
	const often, seldom = 12 * time.Second, 20 * time.Second
	one := func(c class) []turn { return []turn{{c, asked}} }
	two := func(c class, moment time.Duration) []turn {
		return []turn{{c, asked}, {scheduled, asked.Add(moment + afterMoment)}}
	}
	first := []turn{{unpolled, time.Time{}}}
	found := target.Target{Origin: target.Discovered}
	configured := target.Target{Origin: target.Configured}
	for name, c := range map[string]struct {
		state    store.State
		pardoned bool
		want     []turn
	}{
		"never polled":                          {state: store.State{Target: configured}, want: first},
		"never polled, but throttled":           {state: store.State{Target: configured, Err: failure(aliyun.ClassThrottled)}, want: first},
		"in progress":                           {state: store.State{Asked: asked, Job: job("IN_PROGRESS")}, want: one(live)},
		"a status that nobody knows":            {state: store.State{Asked: asked, Job: job("PAUSED")}, want: one(live)},
		"no status at all":                      {state: store.State{Asked: asked, Job: &aliyun.Job{}}, want: one(live)},
		"in progress, throttled last":           {state: store.State{Asked: asked, Job: job("IN_PROGRESS"), Err: failure(aliyun.ClassThrottled)}, want: one(live)},
		"completed":                             {state: store.State{Asked: asked, Job: job("COMPLETED")}, want: one(settled)},
		"canceled":                              {state: store.State{Asked: asked, Job: job("CANCELED")}, want: one(settled)},
		"completed, with a schedule to come":    {state: store.State{Asked: asked, Job: planning("COMPLETED", at(time.Hour), at(time.Hour))}, want: one(settled)},
		"planned":                               {state: store.State{Asked: asked, Job: planning("PLANNED", at(time.Hour), at(2*time.Hour))}, want: two(planned, time.Hour)},
		"planned, its moment passed when asked": {state: store.State{Asked: asked, Job: planning("PLANNED", at(-time.Second), at(time.Hour))}, want: two(live, time.Hour)},
		"planned, asked just at its moment":     {state: store.State{Asked: asked, Job: planning("PLANNED", at(0), nil)}, want: two(planned, 0)},
		"planned without a schedule":            {state: store.State{Asked: asked, Job: job("PLANNED")}, want: one(live)},
		"in progress with a finish to come":     {state: store.State{Asked: asked, Job: planning("IN_PROGRESS", at(-time.Hour), at(time.Hour))}, want: two(live, time.Hour)},
		"in progress, its finish passed":        {state: store.State{Asked: asked, Job: planning("IN_PROGRESS", nil, at(-time.Hour))}, want: one(live)},
		"failing":                               {state: store.State{Asked: asked, Job: job("IN_PROGRESS"), Err: failure(aliyun.ClassServer), Failures: 1}, want: []turn{{failing, asked.Add(backoff(planRules, &store.State{Err: failure(aliyun.ClassServer), Failures: 1}))}}},
		"failing, but pardoned":                 {state: store.State{Asked: asked, Job: job("PLANNED"), Err: failure(aliyun.ClassTimeout), Failures: 9}, pardoned: true, want: one(live)},
		"failed ever since, but pardoned":       {state: store.State{Target: configured, Asked: asked, Err: failure(aliyun.ClassTimeout), Failures: 9}, pardoned: true, want: first},

		"found in progress": {state: store.State{Target: found, Listed: seen, Job: created("IN_PROGRESS", at(-time.Hour))},
			want: []turn{{unpolled, time.Unix(-asked.Add(-time.Hour).Unix(), 0)}}},
		"found planned, which says not when": {state: store.State{Target: found, Listed: seen, Job: job("PLANNED")}, want: []turn{{unpolled, time.Unix(0, 0)}}},
		"found ended": {state: store.State{Target: found, Listed: seen, Job: created("COMPLETED", at(-time.Hour))},
			want: []turn{{history, time.Unix(-asked.Add(-time.Hour).Unix(), 0)}}},
		"found, from a time to come": {state: store.State{Target: found, Listed: seen, Job: created("IN_PROGRESS", at(1e6*time.Hour))},
			want: []turn{{unpolled, time.Unix(-seen.Unix(), 0)}}},
		"found, and changed since": {state: store.State{Target: found, Listed: seen, Changed: seen, Job: job("IN_PROGRESS")},
			want: []turn{{unpolled, time.Unix(0, 0)}, {changed, seen}}},
		"found running, and ended since": {state: store.State{Target: found, Listed: seen, Changed: seen, Job: job("COMPLETED")},
			want: []turn{{history, time.Unix(0, 0)}, {changed, seen}}},
		"configured, and a list shows that it has ended": {state: store.State{Target: configured, Listed: seen, Job: job("CANCELED")}, want: []turn{{history, time.Time{}}}},
		"ended, and changed since":                       {state: store.State{Asked: asked, Listed: seen, Changed: seen, Job: job("COMPLETED")}, want: []turn{{settled, asked}, {changed, seen}}},
		"planned, and changed since": {state: store.State{Asked: asked, Listed: seen, Changed: seen, ListedEvery: often, Job: planning("PLANNED", at(time.Hour), nil)},
			want: []turn{{planned, asked}, {changed, seen}}},
		"in progress, as a list says once": {state: store.State{Asked: asked, Listed: seen, Job: job("IN_PROGRESS")},
			want: []turn{{live, asked}, {fullRefresh, asked}}},
		"in progress, as lists say often": {state: store.State{Asked: asked, Listed: seen, ListedEvery: often, Job: job("IN_PROGRESS")},
			want: []turn{{live, seen}, {fullRefresh, asked}}},
		"in progress, as lists say too seldom": {state: store.State{Asked: asked, Listed: seen, ListedEvery: seldom, Job: job("IN_PROGRESS")},
			want: []turn{{live, asked}, {fullRefresh, asked}}},
		"in progress, as lists say often, but pardoned": {state: store.State{Asked: asked, Listed: seen, ListedEvery: often, Err: failure(aliyun.ClassTimeout), Job: job("IN_PROGRESS")}, pardoned: true,
			want: []turn{{live, asked}, {fullRefresh, asked}}},
	} {
		t.Run(name, func(t *testing.T) {
			got := turnsOf(planRules, &c.state, c.pardoned)
			if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(turn{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
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
				got := backoff(planRules, &store.State{Target: target.Target{JobID: jobID}, Err: failure(c.class), Failures: c.failures})
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
