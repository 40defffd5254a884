package schedule

import (
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// asker decides which batch to ask for: the plan, or round robin.
type asker interface {
	next(now time.Time) *store.State
	done(s *store.State, started, now time.Time)
	WakeAt() (time.Time, bool)
}

// planner is a plan with the states of its batches.
type planner struct {
	*Plan
	states map[string]*store.State
	parked int
}

func newPlanner(rules target.Rules, slots int) *planner {
	return &planner{Plan: New(rules, slots), states: make(map[string]*store.State)}
}

func (p *planner) put(s *store.State) {
	p.states[s.JobID] = s
	p.Put(s)
}

func (p *planner) next(now time.Time) *store.State {
	jobID, ok := p.Next(now, p.parked)
	if !ok {
		return nil
	}
	return p.states[jobID]
}

func (p *planner) done(s *store.State, started, now time.Time) {
	p.put(s)
	p.Done(s.JobID, started, now, s.Err)
}

// life is what happens to a batch. A zero time means never.
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

// world is a fleet and the budget to watch it with.
type world struct {
	begin time.Time // of the next run
	queue queue[event]
	seq   uint64
	busy  int // slots that are not free
	lives map[string]*life
	slots int
	rtt   time.Duration

	// What may go wrong; each may be nil. at is when the call began.
	failWith func(jobID string, at time.Time) *aliyun.Error
	duration func(jobID string, at time.Time) time.Duration // in place of rtt
	asked    func(jobID string, at time.Time)
}

// emptyWorld has ten slots, an RTT of 50 ms and no batch.
func emptyWorld() *world {
	return &world{begin: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), lives: make(map[string]*life), slots: 10, rtt: 50 * time.Millisecond}
}

// planRules are the defaults, as far as the plan goes.
var planRules = target.Rules{Interval: 15 * time.Second, SettledInterval: 24 * time.Hour}

// plan returns a plan with these states.
func (w *world) plan(states []*store.State) *planner {
	p := newPlanner(planRules, w.slots)
	for _, s := range states {
		p.put(s)
	}
	return p
}

// outcome is the result of a run.
type outcome struct {
	calls, plannedCalls int
	starts, ends        []time.Duration // from a transition to the answer that shows it
	worstGap            time.Duration   // between two polls of a batch that is IN_PROGRESS
	worstNet            time.Duration   // the same less the polls of PLANNED batches in between
}

// event ends a call, or frees its slot.
type event struct {
	started time.Time
	state   *store.State // nil: a slot is free again
}

func (w *world) schedule(at time.Time, e event) {
	entry := newEntry(e)
	w.seq++
	w.queue.add(&entry, at, w.seq)
}

// run simulates the slots and the API, event by event. A second run goes on
// where the first one ended.
func (w *world) run(a asker, length time.Duration) outcome {
	var o outcome
	now := w.begin
	pace := time.Second / time.Duration(4*w.slots) // as budget.Slots
	notBefore := now
	until := w.begin.Add(length)
	for now.Before(until) {
		for e := w.queue.head(); e != nil && !e.at.After(now); e = w.queue.head() {
			w.queue.remove(e)
			if e.item.state == nil {
				w.busy--
				continue
			}
			a.done(w.answer(e.item, e.at, &o), e.item.started, e.at)
		}
		for w.busy < w.slots && !now.Before(notBefore) {
			s := a.next(now)
			if s == nil {
				break
			}
			w.busy++
			notBefore = now.Add(pace)
			o.calls++
			duration := w.rtt
			if w.duration != nil {
				duration = w.duration(s.JobID, now)
			}
			if w.asked != nil {
				w.asked(s.JobID, now)
			}
			w.schedule(now.Add(duration), event{now, s})
			w.schedule(now.Add(duration+time.Second), event{})
		}
		next := until
		if at, ok := a.WakeAt(); ok && w.busy < w.slots && at.Before(next) {
			next = at
			if next.Before(notBefore) {
				next = notBefore
			}
		}
		if e := w.queue.head(); e != nil && e.at.Before(next) {
			next = e.at
		}
		if !next.After(now) {
			next = now.Add(time.Millisecond)
		}
		now = next
	}
	w.begin = until
	return o
}

// answer is the state after a poll that ended at a moment, and takes the measurements.
func (w *world) answer(e event, at time.Time, o *outcome) *store.State {
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
		o.starts = append(o.starts, at.Sub(l.start))
	}
	if l.seen == aliyun.StatusInProgress && status == aliyun.StatusCompleted {
		o.ends = append(o.ends, at.Sub(l.end))
	}
	l.asked, l.seen, l.planned = e.started, status, o.plannedCalls
	if failure != nil {
		return e.state.FailedWith(failure, e.started, at)
	}
	start := l.start
	return e.state.Answered(&aliyun.Job{JobStatus: &status, UtcScheduleTime: &start}, e.started)
}
