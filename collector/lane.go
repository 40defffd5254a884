package collector

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/go-kit/log"
	"github.com/go-kit/log/level"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// lane does the polling of one account: it takes a slot of the rate budget,
// asks the plan what is most urgent by then, and makes the call.
type lane struct {
	store  *Store
	logger log.Logger
	slots  *aliyun.Slots
	news   chan struct{} // capacity 1: the plan has changed, look again

	mu     sync.Mutex // guards all below
	client *aliyun.Client
	plan   *plan
	rtt    time.Duration // running mean of the calls that were answered
}

// apply takes over a new configuration. Batches that stay keep what is known
// of them and their place in the plan.
func (l *lane) apply(a Account, rules Rules, client *aliyun.Client) {
	l.slots.Resize(a.RequestsPerSecond)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.client = client
	l.plan.rules, l.plan.slots = rules, a.RequestsPerSecond
	stay := make(map[string]bool, len(a.Targets))
	for _, state := range l.store.SetTargets(a.Name, a.Targets) {
		stay[state.JobID] = true
		l.plan.put(state)
	}
	for jobID := range l.plan.batches {
		if !stay[jobID] {
			l.plan.remove(jobID)
		}
	}
	l.wake()
}

// run polls until ctx ends, and returns when the last call has.
func (l *lane) run(ctx context.Context) {
	var calls sync.WaitGroup
	defer calls.Wait()
	for l.awaitDue(ctx) {
		slot, err := l.slots.Take(ctx)
		if err != nil {
			return
		}
		// Only now is it decided what to ask for: waiting for a slot can
		// take long, and something more urgent may have come up.
		l.mu.Lock()
		state, client := l.plan.next(time.Now()), l.client
		l.mu.Unlock()
		if state == nil {
			slot.Unused()
			continue
		}
		calls.Go(func() { l.poll(ctx, client, slot, state.Target) })
	}
}

// awaitDue waits until something is due; false when ctx has ended.
func (l *lane) awaitDue(ctx context.Context) bool {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for ctx.Err() == nil {
		l.mu.Lock()
		at, planned := l.plan.wakeAt()
		l.mu.Unlock()
		wait := time.Until(at)
		if planned && wait <= 0 {
			return true
		}
		var due <-chan time.Time // nil while nothing is planned
		if planned {
			timer.Reset(wait)
			due = timer.C
		}
		select {
		case <-due:
		case <-l.news:
		case <-ctx.Done():
		}
	}
	return false
}

// wake makes awaitDue look again.
func (l *lane) wake() {
	select {
	case l.news <- struct{}{}:
	default:
	}
}

// poll makes one call and takes up its outcome.
func (l *lane) poll(ctx context.Context, client *aliyun.Client, slot *aliyun.Slot, t Target) {
	started := time.Now()
	job, err := client.QueryOTAJob(ctx, t.Instance, t.JobID)
	ended := time.Now()
	if ctx.Err() != nil {
		slot.Answered()
		return // stopping: the call was cut short, which says nothing of the batch
	}
	var failure *aliyun.Error
	errors.As(err, &failure)
	if failure != nil && failure.Class == aliyun.ClassThrottled {
		slot.Throttled()
	} else {
		slot.Answered()
	}

	l.mu.Lock()
	defer l.mu.Unlock()
	before, after := l.store.Update(t.Account, t.JobID, func(s *State) *State {
		if failure != nil {
			return s.failed(failure, started, ended)
		}
		return s.succeeded(job, started)
	})
	if after == nil {
		return // no longer watched
	}
	took := ended.Sub(started)
	if failure == nil {
		l.rtt += (took - l.rtt) / 8
	}
	l.plan.done(after, took, ended)
	l.wake()
	l.tell(before, after)
}

// tell logs what changed between two states, and nothing when nothing did.
func (l *lane) tell(before, after *State) {
	logger := log.With(l.logger, "job_id", after.JobID)
	was, is := before.Err, after.Err
	switch {
	case is != nil && (was == nil || was.Class != is.Class || was.Code != is.Code):
		level.Warn(logger).Log("msg", "polling the batch fails", "class", is.Class, "code", is.Code, "err", is)
	case is == nil && was != nil:
		level.Info(logger).Log("msg", "polling the batch works again", "failures", before.Failures)
	}
	if is == nil && before.Job.Status() != after.Job.Status() && before.Job != nil {
		level.Info(logger).Log("msg", "status changed", "from", before.Job.Status(), "to", after.Job.Status())
	}
}
