package schedule

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/conditions"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// roundRobin asks for one batch after the other, without end.
type roundRobin struct {
	states []*store.State
	at     int
}

func (r *roundRobin) next(time.Time) *store.State {
	s := r.states[r.at%len(r.states)]
	r.at++
	return s
}

func (r *roundRobin) done(*store.State, time.Time, time.Time) {}
func (r *roundRobin) WakeAt() (time.Time, bool)               { return time.Time{}, true }

// newWorld has nearly as many batches in progress at every moment as active says;
// turnover of them end in the day. The rest ended long ago.
func newWorld(total, active, turnover int) (*world, []*store.State) {
	r := rand.New(rand.NewPCG(1, 0))
	w := emptyWorld()
	moment := func() time.Time { return w.begin.Add(time.Duration(r.Float64() * float64(24*time.Hour))) }
	perCall := (w.rtt + time.Second) / time.Duration(w.slots)
	var states []*store.State
	add := func(l *life) {
		s := &store.State{Target: target.Target{JobID: fmt.Sprintf("job-%05d", len(states))}}
		// Every batch was polled once, one after the other as at a start, and
		// the settled ones some time in the last day.
		l.asked, l.seen = w.begin.Add(-time.Duration(len(states)%active)*perCall), l.status(w.begin)
		start := l.start
		s = s.Answered(&aliyun.Job{JobStatus: &l.seen, UtcScheduleTime: &start}, l.asked)
		if l.seen == aliyun.StatusCompleted {
			s.Asked = moment().Add(-24 * time.Hour)
		}
		w.lives[s.JobID] = l
		states = append(states, s)
	}
	// Each of the active places is held by one batch after the other; the next
	// one is planned to start when the last has ended, or up to 10 minutes on.
	past := w.begin.Add(-time.Hour)
	places := make([]*life, active)
	for i := range places {
		places[i] = &life{start: past}
		add(places[i])
	}
	changes := make([]time.Time, turnover)
	for i := range changes {
		changes[i] = moment()
	}
	slices.SortFunc(changes, time.Time.Compare)
	for _, at := range changes {
		i := r.IntN(active)
		if !at.After(places[i].start) {
			continue
		}
		places[i].end = at
		places[i] = &life{start: at.Add(time.Duration(r.Float64() * float64(10*time.Minute)))}
		add(places[i])
	}
	for len(states) < total {
		add(&life{start: past, end: past})
	}
	return w, states
}

func mean(d []time.Duration) time.Duration {
	if len(d) == 0 {
		return 0
	}
	sum := time.Duration(0)
	for _, v := range d {
		sum += v
	}
	return sum / time.Duration(len(d))
}

// Over hours the plan keeps its bounds, and sees changes sooner than polling in turn does.
func TestPlanSimulatedHours(t *testing.T) {
	conditions.SkipUnderRace(t, "one goroutine, long")
	t.Parallel()
	for _, c := range []struct {
		total, active, turnover int           // turnover is in a day
		length, naive           time.Duration // of the plan's run and of round robin's, long enough for its mean
		sparesBudget            bool          // fewer calls than there are slots for
		timesBetter             float64       // mean detection, than round robin
	}{
		{1_000, 100, 200, 8 * time.Hour, 4 * time.Hour, true, 4},
		{10_000, 1_000, 2_000, 2 * time.Hour, 2 * time.Hour, false, 4},
		{10_000, 5_000, 2_500, 2 * time.Hour, 2 * time.Hour, false, 1},
	} {
		t.Run(fmt.Sprintf("%d of %d", c.active, c.total), func(t *testing.T) {
			t.Parallel()
			day := func() (*world, []*store.State) { return newWorld(c.total, c.active, c.turnover) }
			w, states := day()
			rate := float64(w.slots) / (1 + w.rtt.Seconds())
			bound := max(planRules.Interval, time.Duration(float64(c.active)/rate*float64(time.Second)))

			ours := w.run(w.plan(states), c.length)
			naiveWorld, states := day()
			naive := naiveWorld.run(&roundRobin{states: states}, c.naive)

			t.Logf("worst gap %.3f times the bound, less the polls of PLANNED batches %v, the share of which is %.2f%%",
				ours.worstGap.Seconds()/bound.Seconds(), ours.worstNet.Round(10*time.Millisecond), 100*float64(ours.plannedCalls)/float64(ours.calls))
			if limit := bound*102/100 + time.Second; ours.worstNet > limit {
				t.Errorf("worst gap without the planned share %v, want at most %v", ours.worstNet, limit)
			}
			if limit := bound * 110 / 100; ours.worstGap > limit {
				t.Errorf("worst gap %v, want at most %v", ours.worstGap, limit)
			}
			if m := mean(ours.starts); m > time.Second {
				t.Errorf("starts seen %v after their schedule on average, want 1 s", m)
			}
			better := float64(mean(slices.Concat(naive.starts, naive.ends))) / float64(mean(slices.Concat(ours.starts, ours.ends)))
			t.Logf("mean detection %.1f times as fast as round robin", better)
			if better < c.timesBetter {
				t.Errorf("mean detection %.1f times as fast as round robin, want %v", better, c.timesBetter)
			}
			if c.sparesBudget {
				// IN_PROGRESS at the interval, PLANNED at the heartbeat,
				// the rest once a day, and one call a transition.
				length := c.length.Seconds()
				days := c.length.Hours() / 24
				needs := float64(c.active)*length/15 + float64(c.turnover)*length/150 + float64(c.total)*days + 2*float64(c.turnover)*days
				t.Logf("%d calls, the intervals need %.0f", ours.calls, needs)
				if float64(ours.calls) > needs {
					t.Errorf("%d calls, the intervals need %.0f", ours.calls, needs)
				}
			}
		})
	}
}
