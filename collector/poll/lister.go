package poll

import (
	"context"
	"slices"
	"time"

	"github.com/go-kit/log/level"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/schedule"
)

// lister is a source that reads lists of entries E, one for each K, page by
// page, as a rota says. Its functions are called with the lock of the watcher
// held, but for fetch.
type lister[K comparable, E any] struct {
	w        *watcher
	rota     schedule.Rota[K]
	readings map[K]*schedule.Reading // that are under way
	pages    map[K]int               // of each list, when it was last looked at

	operation string // for the log
	perPage   int
	most      int // entries of a list that are read
	id        func(E) *string
	fetch     func(ctx context.Context, c *aliyun.Client, of K, page int) (aliyun.List[E], error)
	page      func(of K, r *schedule.Reading, entries []E, asOf, now time.Time) // takes up a page; asOf is when its call began
	end       func(of K, r *schedule.Reading, complete bool, now time.Time)     // takes up that a list was read to its end
}

func (l *lister[K, E]) wakeAt() (time.Time, bool) { return l.rota.WakeAt() }

func (l *lister[K, E]) next(now time.Time) call {
	of, ok := l.rota.Next(now)
	if !ok {
		return nil
	}
	r := l.readings[of]
	if r == nil {
		r = &schedule.Reading{Started: now}
		l.readings[of] = r
	}
	client, page := l.w.client, r.Page+1
	return func(ctx context.Context) *aliyun.Error {
		asOf := time.Now()
		list, err := l.fetch(ctx, client, of, page)
		failure := aliyun.AsError(err)
		l.w.mu.Lock()
		defer l.w.mu.Unlock()
		if ctx.Err() == nil {
			l.took(of, r, asOf, list, failure)
		}
		return failure
	}
}

// took takes up one page. The lock is held.
func (l *lister[K, E]) took(of K, r *schedule.Reading, asOf time.Time, list aliyun.List[E], failure *aliyun.Error) {
	now := time.Now()
	switch {
	case l.readings[of] != r: // no longer asked for, or taken up again since
	case throttled(failure):
		l.rota.Again(of)
	case failure != nil:
		l.fail(of, r, now, failure)
	default:
		list.Entries = slices.DeleteFunc(list.Entries, func(e E) bool { return !l.named(e) })
		l.page(of, r, list.Entries, asOf, now)
		l.pages[of] = (min(list.Total, l.most) + l.perPage - 1) / l.perPage
		more, complete, err := schedule.Take(r, list, l.perPage, l.most, l.id)
		switch {
		case more:
			l.rota.Again(of)
		case err != nil:
			l.fail(of, r, now, listFault(l.operation, aliyun.CauseList, err))
			l.end(of, r, false, now)
		case r.Over != nil:
			l.fail(of, r, now, listFault(l.operation, aliyun.CauseLimit, r.Over))
			l.rota.Hurry(of, r.Started) // it still keeps the status of the others fresh
			l.end(of, r, complete, now)
		default:
			delete(l.readings, of)
			l.rota.Done(of, r.Started, now, nil)
			l.end(of, r, complete, now)
		}
	}
}

// fail ends a read that failed.
func (l *lister[K, E]) fail(of K, r *schedule.Reading, now time.Time, failure *aliyun.Error) {
	delete(l.readings, of)
	if l.rota.Things[of].Failures == 0 {
		level.Warn(l.w.logger).Log("msg", "reading a list fails", "operation", l.operation, "of", of,
			"class", failure.Class, "code", failure.Code, "err", failure)
	}
	l.rota.Done(of, r.Started, now, failure)
}

// named says whether an entry has an id that can be asked for. The longest real ones
// have some 40 characters.
func (l *lister[K, E]) named(e E) bool {
	const longest = 256
	id := l.id(e)
	return id != nil && *id != "" && len(*id) <= longest
}

// listFault is the failure of a list whose calls were answered.
func listFault(operation string, cause aliyun.Cause, err error) *aliyun.Error {
	return &aliyun.Error{Operation: operation, Class: aliyun.ClassDecode, Cause: cause, Err: err}
}

// keep makes the lists those that are wanted.
func (l *lister[K, E]) keep(wanted func(K) bool) {
	for of := range l.rota.Things {
		if !wanted(of) {
			l.rota.Remove(of)
			delete(l.readings, of)
			delete(l.pages, of)
		}
	}
}

// calls is how many calls it takes to read each list once, and how many of them the
// longest list takes.
func (l *lister[K, E]) calls() (all, longest int) {
	for of := range l.rota.Things {
		pages := max(1, l.pages[of])
		all += pages
		longest = max(longest, pages)
	}
	return all, longest
}
