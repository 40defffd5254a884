package collector

import (
	"container/heap"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// asker is what decides which batch to ask for: the plan, or something naive.
type asker interface {
	next(now time.Time) *State
	done(s *State, took time.Duration, now time.Time)
	wakeAt() (time.Time, bool)
}

// roundRobin asks for one batch after the other, without end.
type roundRobin struct {
	states []*State
	at     int
}

func (r *roundRobin) next(time.Time) *State {
	s := r.states[r.at%len(r.states)]
	r.at++
	return s
}
func (r *roundRobin) done(*State, time.Duration, time.Time) {}
func (r *roundRobin) wakeAt() (time.Time, bool)             { return time.Time{}, true }

// life is what really happens to a batch. zero times: never.
type life struct {
	start, end time.Time
	asked      time.Time // when its last poll began
	seen       string    // status at that poll
	planned    int       // polls of PLANNED batches by then
}

func (l *life) status(at time.Time) string {
	switch {
	case !l.end.IsZero() && !at.Before(l.end):
		return aliyun.StatusCompleted
	case at.Before(l.start):
		return aliyun.StatusPlanned
	}
	return aliyun.StatusInProgress
}

// world is a fleet and the asker that watches it.
type world struct {
	begin time.Time // of the next run
	queue events
	busy  int // slots that are not free
	lives map[string]*life
	slots int
	rtt   time.Duration

	// What may go wrong; each may be nil. at is when the call began.
	failWith func(jobID string, at time.Time) *aliyun.Error
	took     func(jobID string, at time.Time) time.Duration // in place of rtt
	asked    func(jobID string)
}

// outcome is what a simulated day came to.
type outcome struct {
	calls, plannedCalls int
	starts, ends        []time.Duration // from a transition to the answer that shows it
	worstGap            time.Duration   // between two polls of a batch that is IN_PROGRESS
	worstNet            time.Duration   // the same less the polls of PLANNED batches in between
	used                float64         // share of the budget
}

// event ends a call, or frees its slot.
type event struct {
	at      time.Time
	started time.Time
	state   *State // nil: a slot is free again
}

type events []event

func (e events) Len() int           { return len(e) }
func (e events) Less(i, j int) bool { return e[i].at.Before(e[j].at) }
func (e events) Swap(i, j int)      { e[i], e[j] = e[j], e[i] }
func (e *events) Push(x any)        { *e = append(*e, x.(event)) }
func (e *events) Pop() any {
	last := (*e)[len(*e)-1]
	*e = (*e)[:len(*e)-1]
	return last
}

// run simulates the slots and the API, event by event. A second run goes on
// where the first one ended.
func (w *world) run(a asker, length time.Duration) outcome {
	var o outcome
	now := w.begin
	pace := time.Second / time.Duration(4*w.slots) // as aliyun.Slots
	notBefore := now
	until := w.begin.Add(length)
	for now.Before(until) {
		for len(w.queue) > 0 && !w.queue[0].at.After(now) {
			e := heap.Pop(&w.queue).(event)
			if e.state == nil {
				w.busy--
				continue
			}
			a.done(w.answer(e, &o), e.at.Sub(e.started), e.at)
		}
		for w.busy < w.slots && !now.Before(notBefore) {
			s := a.next(now)
			if s == nil {
				break
			}
			w.busy++
			notBefore = now.Add(pace)
			o.calls++
			took := w.rtt
			if w.took != nil {
				took = w.took(s.JobID, now)
			}
			if w.asked != nil {
				w.asked(s.JobID)
			}
			heap.Push(&w.queue, event{at: now.Add(took), started: now, state: s})
			heap.Push(&w.queue, event{at: now.Add(took + time.Second)})
		}
		next := until
		if at, ok := a.wakeAt(); ok && w.busy < w.slots && at.Before(next) {
			next = at
			if next.Before(notBefore) {
				next = notBefore
			}
		}
		if len(w.queue) > 0 && w.queue[0].at.Before(next) {
			next = w.queue[0].at
		}
		if !next.After(now) {
			next = now.Add(time.Millisecond)
		}
		now = next
	}
	w.begin = until
	o.used = float64(o.calls) / (float64(w.slots) / (1 + w.rtt.Seconds()) * length.Seconds())
	return o
}

// answer is the state after a poll, and takes the measurements.
func (w *world) answer(e event, o *outcome) *State {
	l := w.lives[e.state.JobID]
	status := l.status(e.started.Add(w.rtt / 2))
	if status == aliyun.StatusPlanned {
		o.plannedCalls++
	}
	failure := (*aliyun.Error)(nil)
	if w.failWith != nil {
		failure = w.failWith(e.state.JobID, e.started)
	}
	if status == aliyun.StatusInProgress && l.seen == status && failure == nil {
		gap := e.started.Sub(l.asked)
		o.worstGap = max(o.worstGap, gap)
		perCall := (w.rtt + time.Second) / time.Duration(w.slots)
		o.worstNet = max(o.worstNet, gap-time.Duration(o.plannedCalls-l.planned)*perCall)
	}
	if l.seen == aliyun.StatusPlanned && status != l.seen {
		o.starts = append(o.starts, e.at.Sub(l.start))
	}
	if l.seen == aliyun.StatusInProgress && status == aliyun.StatusCompleted {
		o.ends = append(o.ends, e.at.Sub(l.end))
	}
	l.asked, l.seen, l.planned = e.started, status, o.plannedCalls
	if failure != nil {
		return e.state.failed(failure, e.started, e.at)
	}
	start := l.start
	return e.state.succeeded(&aliyun.Job{JobStatus: &status, UtcScheduleTime: &start}, e.started)
}

// newWorld has nearly as many batches in progress at every moment as active
// says; turnover of them end in the day. The rest has ended long ago.
func newWorld(total, active, turnover int, seed uint64) (*world, []*State) {
	r := rand.New(rand.NewPCG(seed, 0))
	w := &world{
		begin: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		lives: make(map[string]*life),
		slots: 10, rtt: 50 * time.Millisecond,
	}
	moment := func() time.Time { return w.begin.Add(time.Duration(r.Float64() * float64(24*time.Hour))) }
	perCall := (w.rtt + time.Second) / time.Duration(w.slots)
	var states []*State
	add := func(l *life) {
		s := &State{Target: Target{JobID: fmt.Sprintf("job-%05d", len(states))}}
		// Every batch was polled once, one after the other as at a start, and
		// the settled ones some time in the last day.
		l.asked, l.seen = w.begin.Add(-time.Duration(len(states)%active)*perCall), l.status(w.begin)
		start := l.start
		s = s.succeeded(&aliyun.Job{JobStatus: &l.seen, UtcScheduleTime: &start}, l.asked)
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

func quantile(d []time.Duration, q float64) time.Duration {
	if len(d) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(d))
	return sorted[min(len(sorted)-1, int(q*float64(len(sorted))))]
}

func TestPlanSimulatedDay(t *testing.T) {
	SkipUnderRace(t, "one goroutine, long")
	rules := Rules{Interval: 15 * time.Second, SettledInterval: 24 * time.Hour}
	for _, c := range []struct {
		total, active, turnover int
		sparesBudget            bool
		timesBetter             float64 // mean detection, than round robin
	}{
		{1_000, 100, 200, true, 4},
		{10_000, 1_000, 2_000, false, 4},
		{10_000, 5_000, 2_500, false, 1},
	} {
		t.Run(fmt.Sprintf("%d of %d", c.active, c.total), func(t *testing.T) {
			w, states := newWorld(c.total, c.active, c.turnover, 1)
			rate := float64(w.slots) / (1 + w.rtt.Seconds())
			bound := max(rules.Interval, time.Duration(float64(c.active)/rate*float64(time.Second)))

			p := newPlan(rules, w.slots)
			for _, s := range states {
				p.put(s)
			}
			ours := w.run(p, 24*time.Hour)
			naiveWorld, states := newWorld(c.total, c.active, c.turnover, 1)
			naive := naiveWorld.run(&roundRobin{states: states}, 24*time.Hour)

			t.Logf("%d of %d active, 10 slots, RTT 50 ms, bound on the gap %v", c.active, c.total, bound.Round(10*time.Millisecond))
			t.Logf("%-12s %10s %10s %10s %10s %10s %10s %10s %8s", "", "start mean", "start p99", "end mean", "end p99", "mean", "worst", "worst gap", "budget")
			for _, row := range []struct {
				name string
				o    outcome
			}{{"plan", ours}, {"round robin", naive}} {
				all := slices.Concat(row.o.starts, row.o.ends)
				s := func(d time.Duration) string { return fmt.Sprintf("%.2fs", d.Seconds()) }
				t.Logf("%-12s %10s %10s %10s %10s %10s %10s %10s %7.1f%%", row.name, s(mean(row.o.starts)), s(quantile(row.o.starts, 0.99)),
					s(mean(row.o.ends)), s(quantile(row.o.ends, 0.99)), s(mean(all)), s(slices.Max(all)), s(row.o.worstGap), 100*row.o.used)
			}

			t.Logf("worst gap %.3f times the bound, less the polls of PLANNED batches %v, the share of which is %.2f %%",
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
				day := (24 * time.Hour).Seconds()
				needs := float64(c.active)*day/15 + float64(c.turnover)*day/150 + float64(c.total) + 2*float64(c.turnover)
				if float64(ours.calls) > needs {
					t.Errorf("%d calls, the intervals need %.0f", ours.calls, needs)
				}
			}
		})
	}
}
