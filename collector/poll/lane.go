package poll

import (
	"context"
	"sync"
	"time"

	"github.com/go-kit/log"
	"github.com/go-kit/log/level"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// source says what a lane asks for next. Its methods are called with the lock
// of its watcher held.
type source interface {
	// next takes what to ask for now; nil: nothing is due.
	next(now time.Time) call
	// wakeAt is when something is due at the earliest; false: nothing will
	// be unless news comes.
	wakeAt() (time.Time, bool)
}

// call makes one call to the API without the lock, and takes up its outcome
// with it, unless ctx has ended by then. It returns why the call failed, if so.
type call func(ctx context.Context) *aliyun.Error

// lane makes the calls of one operation of one account: it takes a slot of the
// rate budget, asks its source what is most urgent by then, and makes the call.
type lane struct {
	operation string
	logger    log.Logger
	slots     *aliyun.Slots
	news      chan struct{} // capacity 1: the source has changed, look again
	mu        *sync.Mutex   // the watcher's; guards source
	source    source
}

// run makes calls until ctx ends, and returns when the last one has.
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
		var do call
		l.mu.Lock()
		if ctx.Err() == nil {
			do = l.source.next(time.Now())
		}
		l.mu.Unlock()
		if do == nil {
			slot.Unused()
			continue
		}
		calls.Go(func() {
			failure := do(ctx)
			slot.End(failure)
			if throttled(failure) {
				if _, parked := l.slots.Count(); parked == 1 {
					level.Warn(l.logger).Log("msg", "the API throttles; each slot that meets it pauses for 15 to 45 s", "operation", l.operation)
				}
			}
			l.wake()
		})
	}
}

func throttled(failure *aliyun.Error) bool {
	return failure != nil && failure.Class == aliyun.ClassThrottled
}

// awaitDue waits until something is due; false when ctx has ended.
func (l *lane) awaitDue(ctx context.Context) bool {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for ctx.Err() == nil {
		l.mu.Lock()
		at, planned := l.source.wakeAt()
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
