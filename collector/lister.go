package collector

import (
	"context"
	"time"

	"github.com/go-kit/log/level"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// lister is a source that reads lists of entries E, one for each K, page by
// page, as a rota says. Its functions are called with the lock of the watcher
// held, but for fetch.
type lister[K comparable, E any] struct {
	w        *watcher
	rota     rota[K]
	readings map[K]*reading // that are under way
	pages    map[K]int      // of each list, when it was last looked at

	operation string // for the log
	perPage   int
	id        func(E) *string
	fetch     func(ctx context.Context, c *aliyun.Client, of K, page int) (aliyun.List[E], error)
	page      func(of K, entries []E, asOf, now time.Time)         // takes up a page; asOf is when its call began
	end       func(of K, r *reading, complete bool, now time.Time) // takes up that a list was read to its end
}

func (l *lister[K, E]) wakeAt() (time.Time, bool) { return l.rota.wakeAt() }

func (l *lister[K, E]) next(now time.Time) call {
	of, ok := l.rota.next(now)
	if !ok {
		return nil
	}
	r := l.readings[of]
	if r == nil {
		r = &reading{started: now}
		l.readings[of] = r
	}
	client, page := l.w.client, r.page+1
	return func(ctx context.Context) *aliyun.Error {
		asOf := time.Now()
		list, err := l.fetch(ctx, client, of, page)
		failure := asError(err)
		l.w.mu.Lock()
		defer l.w.mu.Unlock()
		if ctx.Err() == nil {
			l.took(of, r, asOf, list, failure)
		}
		return failure
	}
}

// took takes up one page. The lock is held.
func (l *lister[K, E]) took(of K, r *reading, asOf time.Time, list aliyun.List[E], failure *aliyun.Error) {
	now := time.Now()
	switch {
	case l.readings[of] != r: // no longer asked for, or taken up again since
	case throttled(failure):
		l.rota.again(of)
	case failure != nil:
		delete(l.readings, of)
		if l.rota.things[of].failures == 0 {
			level.Warn(l.w.logger).Log("msg", "reading a list fails", "operation", l.operation, "of", of,
				"class", failure.Class, "code", failure.Code, "err", failure)
		}
		l.rota.done(of, r.started, now, failure)
	default:
		l.page(of, list.Entries, asOf, now)
		l.pages[of] = (list.Total + l.perPage - 1) / l.perPage
		more, complete := take(r, list, l.perPage, l.id)
		if more {
			l.rota.again(of)
			break
		}
		delete(l.readings, of)
		l.rota.done(of, r.started, now, nil)
		l.end(of, r, complete, now)
	}
}

// keep makes the lists those that are wanted.
func (l *lister[K, E]) keep(wanted func(K) bool) {
	for of := range l.rota.things {
		if !wanted(of) {
			l.rota.remove(of)
			delete(l.readings, of)
			delete(l.pages, of)
		}
	}
}

// calls is how many calls it takes to read each list once, and how many of them the
// longest list takes.
func (l *lister[K, E]) calls() (all, longest int) {
	for of := range l.rota.things {
		pages := max(1, l.pages[of])
		all += pages
		longest = max(longest, pages)
	}
	return all, longest
}
