package schedule

import (
	"fmt"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/conditions"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// crowd adds n batches to a world. known says what is known of each at the beginning.
func (w *world) crowd(n int, prefix string, really life, known func(i int, t target.Target) *store.State) (states []*store.State) {
	for i := range n {
		l := really
		s := known(i, target.Target{JobID: fmt.Sprintf("%s-%05d", prefix, i)})
		w.lives[s.JobID] = &l
		states = append(states, s)
	}
	return states
}

// neverPolled and polled say what is known of a batch of a crowd.
func (w *world) neverPolled(origin target.Origin, listedAs string) func(int, target.Target) *store.State {
	return func(i int, t target.Target) *store.State {
		t.Origin = origin
		s := &store.State{Target: t}
		if listedAs == "" {
			return s
		}
		created := w.begin.Add(-time.Duration(i) * time.Minute)
		return s.ShownByList(&aliyun.JobSummary{JobStatus: &listedAs, UtcCreate: &created}, w.begin)
	}
}

func (w *world) polled(status string, asked func(i int) time.Time) func(int, target.Target) *store.State {
	return func(i int, t target.Target) *store.State {
		return (&store.State{Target: t}).Answered(&aliyun.Job{JobStatus: &status}, asked(i))
	}
}

// gaps runs a plan and gives the longest time between two polls of a running batch, the
// last poll before the run included.
func (w *world) gaps(p *planner, running []*store.State, length time.Duration, called func(jobID string)) (worst time.Duration) {
	last := make(map[string]time.Time)
	for _, s := range running {
		last[s.JobID] = s.Asked
	}
	w.asked = func(jobID string, at time.Time) {
		called(jobID)
		if asked, ok := last[jobID]; ok {
			worst = max(worst, at.Sub(asked))
			last[jobID] = at
		}
	}
	w.run(p, length)
	w.asked = nil
	for _, at := range last {
		worst = max(worst, w.begin.Sub(at))
	}
	return worst
}

// Any number of batches that wait for their first poll, their daily poll or their next try
// do not delay running batches.
func TestPlanRunningBatchesBesideCrowds(t *testing.T) {
	conditions.SkipUnderRace(t, "one goroutine, long")
	var (
		running = life{start: time.Unix(0, 0)}
		done    = life{start: time.Unix(0, 0), end: time.Unix(1, 0)}
		coming  = life{start: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)}
	)
	for name, c := range map[string]struct {
		crowd func(w *world) []*store.State
		limit float64 // times what the running batches would be alone
		least float64 // part of the calls that the crowd gets
		hangs bool    // calls for the crowd
	}{
		"nobody": {func(*world) []*store.State { return nil }, 1, 0, false},
		"3,000 that a list shows as ended": {func(w *world) []*store.State {
			return w.crowd(3000, "ended", done, w.neverPolled(target.Discovered, aliyun.StatusCompleted))
		}, 1.10, 0.025, false},
		"3,000 configured ones that were never polled": {func(w *world) []*store.State {
			return w.crowd(3000, "unknown", done, w.neverPolled(target.Configured, ""))
		}, 2, 0.4, false},
		"3,000 that a list shows as running, but have ended": {func(w *world) []*store.State {
			return w.crowd(3000, "unknown", done, w.neverPolled(target.Discovered, aliyun.StatusInProgress))
		}, 2, 0.4, false},
		"3,000 that a list shows as changed": {func(w *world) []*store.State {
			known := w.polled(aliyun.StatusCompleted, func(int) time.Time { return w.begin.Add(-time.Hour) })
			return w.crowd(3000, "changed", done, func(i int, t target.Target) *store.State {
				s := known(i, t)
				s.Changed, s.Listed = w.begin, w.begin
				return s
			})
		}, 2, 0.4, false},
		"3,000 that were never polled, and that a list shows as changed": {func(w *world) []*store.State {
			known := w.neverPolled(target.Discovered, aliyun.StatusCompleted)
			return w.crowd(3000, "changed", done, func(i int, t target.Target) *store.State {
				s := known(i, t)
				s.Changed = w.begin
				return s
			})
		}, 2, 0.4, false},
		"3,000 whose schedule starts now": {func(w *world) []*store.State {
			status := aliyun.StatusPlanned
			return w.crowd(3000, "scheduled", coming, func(i int, t target.Target) *store.State {
				start := w.begin.Add(time.Minute)
				return (&store.State{Target: t}).Answered(&aliyun.Job{JobStatus: &status, UtcScheduleTime: &start}, w.begin.Add(-time.Second))
			})
		}, 2, 0.4, false},
		"3,000 that ended and were last asked about a week ago": {func(w *world) []*store.State {
			return w.crowd(3000, "settled", done, w.polled(aliyun.StatusCompleted, func(int) time.Time { return w.begin.Add(-168 * time.Hour) }))
		}, 1.10, 0.008, false},
		"1,000 that fail": {func(w *world) []*store.State {
			known := w.polled(aliyun.StatusInProgress, func(int) time.Time { return w.begin.Add(-time.Hour) })
			return w.crowd(1000, "failing", running, func(i int, t target.Target) *store.State {
				return known(i, t).FailedWith(failure(aliyun.ClassServer), w.begin.Add(-time.Minute), w.begin.Add(-time.Minute))
			})
		}, 1.0 / 0.9 * 1.02, 0.09, false},
		"1,000 that hang": {func(w *world) []*store.State {
			known := w.polled(aliyun.StatusInProgress, func(int) time.Time { return w.begin.Add(-time.Hour) })
			return w.crowd(1000, "failing", running, func(i int, t target.Target) *store.State {
				return known(i, t).FailedWith(failure(aliyun.ClassTimeout), w.begin.Add(-time.Minute), w.begin.Add(-time.Minute))
			})
		}, 1.0 / 0.9 * 1.02, 0.005, true},
	} {
		for _, size := range []struct {
			running, slots, parked int
			interval               time.Duration
		}{
			{20, 5, 0, 15 * time.Second}, {20, 5, 0, 5 * time.Second}, {15, 10, 0, 5 * time.Second},
			{100, 5, 0, 5 * time.Second}, {300, 10, 0, 15 * time.Second}, {5, 1, 0, 10 * time.Second}, {20, 10, 8, 15 * time.Second},
		} {
			t.Run(fmt.Sprintf("%d beside %s, interval %v, %d of %d slots parked", size.running, name, size.interval, size.parked, size.slots), func(t *testing.T) {
				t.Parallel()
				w := emptyWorld()
				w.slots = size.slots - size.parked
				perCall := (w.rtt + time.Second) / time.Duration(w.slots)
				alone := max(size.interval, time.Duration(size.running)*perCall)
				states := w.crowd(size.running, "running", running, w.polled(aliyun.StatusInProgress, func(i int) time.Time {
					return w.begin.Add(-time.Duration(i) * alone / time.Duration(size.running))
				}))
				crowd := c.crowd(w)
				inCrowd := make(map[string]bool)
				for _, s := range crowd {
					inCrowd[s.JobID] = true
				}
				fails := len(crowd) > 0 && crowd[0].Err != nil
				w.failWith = func(jobID string, _ time.Time) *aliyun.Error {
					if fails && inCrowd[jobID] {
						return failure(crowd[0].Err.Class)
					}
					return nil
				}
				w.duration = func(jobID string, _ time.Time) time.Duration {
					if c.hangs && inCrowd[jobID] {
						return 10 * time.Second
					}
					return w.rtt
				}
				p := newPlanner(target.Rules{Interval: size.interval, SettledInterval: 24 * time.Hour}, size.slots)
				p.parked = size.parked
				for _, s := range states {
					p.put(s)
				}
				for _, s := range crowd {
					p.put(s)
					if c.hangs {
						p.batches[s.JobID].held = 11 * time.Second
					}
				}
				calls, forCrowd := 0, 0
				worst := w.gaps(p, states, 10*time.Minute, func(jobID string) {
					calls++
					if inCrowd[jobID] {
						forCrowd++
					}
				})
				limit := time.Duration(c.limit*float64(alone)) + time.Second
				if c.hangs && w.slots == 1 {
					limit += 11 * time.Second // of a single slot no part can be kept
				}
				t.Logf("worst gap %v, alone %v: %.2f times; %.1f%% of the calls are for the crowd",
					worst, alone, worst.Seconds()/alone.Seconds(), 100*float64(forCrowd)/float64(calls))
				if worst > limit {
					t.Errorf("worst gap %v, want at most %v", worst, limit)
				}
				if least := min(len(crowd), int(c.least*float64(calls))); forCrowd < least {
					t.Errorf("%d of %d calls are for the crowd, want %d", forCrowd, calls, least)
				}
			})
		}
	}
}
