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

// inProgress is a world of n batches that are in progress for ever and were never
// asked for.
func inProgress(n int) (*world, []*store.State) {
	w := emptyWorld()
	states := make([]*store.State, n)
	for i := range states {
		states[i] = &store.State{Target: target.Target{JobID: fmt.Sprintf("job-%05d", i)}}
		w.lives[states[i].JobID] = &life{start: w.begin.Add(-time.Hour)}
	}
	return w, states
}

// Healthy batches keep the bound that they would have alone with 90% of the slots,
// whatever the other half fails with and wherever it stands in the configuration.
func TestPlanHealthyBatchesAmongFailingOnes(t *testing.T) {
	conditions.SkipUnderRace(t, "one goroutine, long")
	const n = 500
	for name, fails := range map[string]func(i int) bool{
		"every other one fails":  func(i int) bool { return i%2 == 1 },
		"the first half fails":   func(i int) bool { return i < n/2 },
		"the second half fails":  func(i int) bool { return i >= n/2 },
		"half of each 100 fails": func(i int) bool { return i%100 < 50 },
	} {
		// One class of each kind: of the batch itself, gone, of all batches, slow.
		for _, class := range []aliyun.Class{aliyun.ClassServer, aliyun.ClassNotFound, aliyun.ClassPermission, aliyun.ClassTimeout} {
			t.Run(name+" with "+string(class), func(t *testing.T) {
				t.Parallel()
				w, states := inProgress(n)
				failing := make(map[string]bool)
				for i, s := range states {
					failing[s.JobID] = fails(i)
				}
				w.failWith = func(jobID string, _ time.Time) *aliyun.Error {
					if !failing[jobID] {
						return nil
					}
					return failure(class)
				}
				w.duration = func(jobID string, _ time.Time) time.Duration {
					if class == aliyun.ClassTimeout && failing[jobID] {
						return 10 * time.Second
					}
					return w.rtt
				}
				p := w.plan(states)
				// In its first rounds the plan cannot know who will fail, and healthy
				// batches share the slots with those that were never answered.
				w.run(p, 30*time.Minute)
				calls := make(map[string]int)
				w.asked = func(jobID string, _ time.Time) { calls[jobID]++ }
				o := w.run(p, 20*time.Minute) // 40 rounds of the healthy ones

				alone := time.Duration(n/2) * (w.rtt + time.Second) / time.Duration(w.slots)
				if limit := alone*102/100*100/90 + time.Second; o.worstGap > limit {
					t.Errorf("worst gap of a healthy batch %v, want at most %v", o.worstGap, limit)
				}
				for jobID := range failing {
					if calls[jobID] == 0 && class != aliyun.ClassNotFound && class != aliyun.ClassTimeout {
						t.Errorf("%s was not asked for in 20 minutes", jobID)
						break
					}
				}
			})
		}
	}
}

// Batches whose calls failed at once begin to hang. This shows only when the first of these
// calls has ended; then the share of the failing class pays for it.
func TestPlanHealthyBatchesWhileOthersBeginToHang(t *testing.T) {
	conditions.SkipUnderRace(t, "one goroutine, long")
	const n, hang = 1000, 10 * time.Second
	w, states := inProgress(n)
	failing := make(map[string]bool)
	for _, s := range states[:n/2] {
		failing[s.JobID] = true
	}
	hangFrom := w.begin.Add(30 * time.Minute)
	w.failWith = func(jobID string, at time.Time) *aliyun.Error {
		switch {
		case !failing[jobID]:
			return nil
		case at.Before(hangFrom):
			return failure(aliyun.ClassServer)
		}
		return failure(aliyun.ClassTimeout)
	}
	w.duration = func(jobID string, at time.Time) time.Duration {
		if failing[jobID] && !at.Before(hangFrom) {
			return hang
		}
		return w.rtt
	}
	p := w.plan(states)
	w.run(p, 30*time.Minute)
	o := w.run(p, time.Hour)
	alone := time.Duration(n/2) * (w.rtt + time.Second) / time.Duration(w.slots)
	if limit := alone*102/100*100/90 + time.Second + hang; o.worstGap > limit {
		t.Errorf("worst gap of a healthy batch %v, want at most %v", o.worstGap, limit)
	}
}

// An outage of everything costs one call an interval, and is over an interval
// after the API is back.
func TestPlanRecoversInOneInterval(t *testing.T) {
	const n = 100 // a round of them takes 10.5 s, less than the interval
	for _, class := range []aliyun.Class{aliyun.ClassAuth, aliyun.ClassPermission, aliyun.ClassTransport, aliyun.ClassTimeout} {
		for name, begins := range map[string]time.Duration{"at the start": 0, "after success": 10 * time.Minute} {
			t.Run(fmt.Sprintf("%s %s", class, name), func(t *testing.T) {
				t.Parallel()
				w, states := inProgress(n)
				from, until := w.begin.Add(begins), w.begin.Add(begins+3*time.Hour)
				down := func(at time.Time) bool { return !at.Before(from) && at.Before(until) }
				duringOutage := 0
				w.failWith = func(_ string, at time.Time) *aliyun.Error {
					if !down(at) {
						return nil
					}
					duringOutage++
					return failure(class)
				}
				w.duration = func(_ string, at time.Time) time.Duration {
					if class == aliyun.ClassTimeout && down(at) {
						return 10 * time.Second
					}
					return w.rtt
				}
				p := w.plan(states)
				w.run(p, begins+3*time.Hour)
				w.run(p, planRules.Interval+11*time.Second)
				late := 0
				for _, l := range w.lives {
					if l.asked.Before(until) {
						late++
					}
				}
				if late > 0 {
					t.Errorf("%d of %d batches not asked for an interval and a round after the end", late, n)
				}
				// 30 go out before the plan can know of it, then one an interval.
				if most := 40 + int(3*time.Hour/planRules.Interval); duringOutage > most {
					t.Errorf("%d calls during the outage, want at most %d", duringOutage, most)
				}
			})
		}
	}
}

// An outage of few live batches is noticed although there are many settled ones, which are
// not asked for and so do not fail.
func TestPlanNoticesAnOutageOfFewLiveBatches(t *testing.T) {
	w, states := inProgress(300)
	for _, s := range states[5:] {
		w.lives[s.JobID].end = w.begin.Add(-time.Minute)
	}
	p := w.plan(states)
	w.run(p, 10*time.Minute)
	until := w.begin.Add(time.Hour)
	w.failWith = func(_ string, at time.Time) *aliyun.Error {
		if at.Before(until) {
			return failure(aliyun.ClassTransport)
		}
		return nil
	}
	if o := w.run(p, time.Hour); o.calls > 3600/15+20 {
		t.Errorf("%d calls in an hour in which all failed, want one an interval", o.calls)
	}
	w.run(p, planRules.Interval+2*time.Second)
	for _, s := range states[:5] {
		if w.lives[s.JobID].asked.Before(until) {
			t.Errorf("%s was not asked an interval after the end", s.JobID)
		}
	}
}

// A single live batch that fails for a reason of its own backs off as usual, as long as
// another batch is answered.
func TestPlanOneBatchAloneIsNoOutage(t *testing.T) {
	w, states := inProgress(50)
	for _, s := range states[1:] {
		w.lives[s.JobID].end = w.begin.Add(-time.Minute)
	}
	p := w.plan(states)
	w.run(p, 10*time.Minute)
	w.failWith = func(jobID string, _ time.Time) *aliyun.Error {
		if jobID == states[0].JobID {
			return failure(aliyun.ClassTimeout)
		}
		return nil
	}
	if o := w.run(p, time.Hour); o.calls < 10 || o.calls > 25 {
		t.Errorf("%d calls in an hour for one batch that fails and waits up to 5 minutes", o.calls)
	}
}
