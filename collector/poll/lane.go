package poll

import (
	"context"
	"sync"
	"time"

	"github.com/go-kit/log/level"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/budget"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/schedule"
)

// lane makes the calls of one operation of an account: it takes a slot of the rate
// budget, asks its reader what is most urgent by then, and makes the call. Its fields
// do not change.
type lane struct {
	operation string
	slots     *budget.Slots
	news      chan struct{} // capacity 1: something may be due earlier than expected
	reader    reader
}

// reader says what a lane asks for next. Its methods are called with the lock of the
// account held.
type reader interface {
	// next takes the call to make now; nil if nothing is due.
	next(now time.Time) call
	// wakeAt is when something is due at the earliest; not ok if nothing will be
	// before the lane is woken.
	wakeAt() (at time.Time, ok bool)
}

// call is one call to the API. One of its last two methods is called after send, with
// the lock of the account held, unless the account was stopped.
type call interface {
	// send makes the call. The lock of the account is not held.
	send(ctx context.Context, c *aliyun.Client) *aliyun.Error
	// done takes up the outcome; failure is nil if the call was answered.
	done(failure *aliyun.Error)
	// throttled takes up that the API throttled the call: it has to be made again.
	throttled(failure *aliyun.Error)
}

// run makes the calls of a lane until ctx ends, and returns when the last one has
// ended.
func (a *account) run(ctx context.Context, l *lane) {
	var calls sync.WaitGroup
	defer calls.Wait()
	for a.awaitDue(ctx, l) {
		slot, err := l.slots.Take(ctx)
		if err != nil {
			return
		}
		// What to ask for is decided only now: waiting for a slot can take long, and
		// something more urgent may have come up.
		c, client := a.next(ctx, l)
		if c == nil {
			slot.Unused()
			continue
		}
		calls.Go(func() {
			failure := c.send(ctx, client)
			a.accept(ctx, c, failure)
			slot.End(failure)
			if throttled(failure) {
				if _, parked := l.slots.Count(); parked == 1 {
					level.Warn(a.logger).Log("msg", "the API throttles calls; each throttled slot pauses for 15 to 45 s", "operation", l.operation)
				}
			}
			l.wake()
		})
	}
}

// next returns what a lane has to ask for now, and the client to do it with; a nil call
// if there is nothing.
func (a *account) next(ctx context.Context, l *lane) (call, *aliyun.Client) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if ctx.Err() != nil {
		return nil, nil
	}
	return l.reader.next(time.Now()), a.client
}

// accept takes up the outcome of a call.
func (a *account) accept(ctx context.Context, c call, failure *aliyun.Error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case ctx.Err() != nil: // stopped: the call was cut short, which says nothing, or came too late
	case throttled(failure):
		c.throttled(failure)
	default:
		c.done(failure)
	}
}

func throttled(failure *aliyun.Error) bool {
	return failure != nil && failure.Class == aliyun.ClassThrottled
}

// awaitDue waits until something is due; false when ctx has ended.
func (a *account) awaitDue(ctx context.Context, l *lane) bool {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for ctx.Err() == nil {
		a.mu.Lock()
		at, ok := l.reader.wakeAt()
		a.mu.Unlock()
		wait := time.Until(at)
		if ok && wait <= 0 {
			return true
		}
		var due <-chan time.Time // nil while nothing is expected
		if ok {
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

// wake makes awaitDue look again. It needs no lock.
func (l *lane) wake() {
	select {
	case l.news <- struct{}{}:
	default:
	}
}

// capacity is what the slots of the lane can do at the moment, for calls with this
// timeout and round trip.
func (l *lane) capacity(timeout, rtt time.Duration) schedule.Capacity {
	slots, parked := l.slots.Count()
	unanswered := l.slots.Unanswered()
	c := schedule.Capacity{Slots: slots, Away: min(slots, parked+unanswered), RTT: rtt}
	if unanswered > 0 && c.Away == slots {
		c.Late = max(0, 2*timeout+time.Second-budget.MaxPark)
	}
	return c
}
