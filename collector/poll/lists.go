package poll

import (
	"context"
	"slices"
	"time"

	"github.com/go-kit/log"
	"github.com/go-kit/log/level"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/schedule"
)

// listOperation is what is particular to an operation that reads lists of entries E,
// one list for each K. Its methods are called with the lock of the account held,
// except fetch.
type listOperation[K comparable, E any] interface {
	// fetch makes the call for one page, counted from 1.
	fetch(ctx context.Context, c *aliyun.Client, of K, page int) (aliyun.List[E], error)
	// id is the id of an entry; nil if it has none.
	id(entry E) *string
	// takePage takes up the entries of a page. asOf is when its call began. The error
	// says why not all entries could be taken up; the read goes on.
	takePage(of K, r *listRead, entries []E, asOf, now time.Time) error
	// takeEnd takes up that the read of a list has ended. complete means that every
	// entry was seen.
	takeEnd(of K, r *listRead, complete bool, now time.Time)
}

// listReader reads lists page by page. The lock of the account guards it.
type listReader[K comparable, E any] struct {
	list      listOperation[K, E]
	operation string // for the log
	logger    log.Logger
	perPage   int
	most      int // entries of a list that are read

	due   schedule.Periodic[K]
	reads map[K]*listRead // that are under way
	pages map[K]int       // of each list, when it was last read
}

// listRead is the read of one list.
type listRead struct {
	schedule.Reading
	started   time.Time
	requestID string // of the last page
	// over says why some of what the pages held was not taken up; nil: all was.
	over error
	// firmwares are those of a firmware list, by FirmwareId.
	firmwares map[string]aliyun.Firmware
}

func newListReader[K comparable, E any](list listOperation[K, E], operation string, perPage, most int, logger log.Logger) *listReader[K, E] {
	return &listReader[K, E]{
		list: list, operation: operation, logger: logger, perPage: perPage, most: most,
		reads: make(map[K]*listRead), pages: make(map[K]int),
	}
}

func (l *listReader[K, E]) wakeAt() (time.Time, bool) { return l.due.WakeAt() }

func (l *listReader[K, E]) next(now time.Time) call {
	of, ok := l.due.Next(now)
	if !ok {
		return nil
	}
	r := l.reads[of]
	if r == nil {
		r = &listRead{Reading: schedule.Reading{PerPage: l.perPage, Most: l.most}, started: now}
		l.reads[of] = r
	}
	return &listCall[K, E]{lists: l, of: of, read: r, page: r.NextPage()}
}

// listCall is the call for one page of a list.
type listCall[K comparable, E any] struct {
	lists *listReader[K, E]
	of    K
	read  *listRead
	page  int
	asOf  time.Time // when it began
	got   aliyun.List[E]
}

func (c *listCall[K, E]) send(ctx context.Context, client *aliyun.Client) *aliyun.Error {
	c.asOf = time.Now()
	got, err := c.lists.list.fetch(ctx, client, c.of, c.page)
	c.got = got
	return aliyun.AsError(err)
}

// current reports whether the list is still to be read, and this read was not replaced.
func (c *listCall[K, E]) current() bool { return c.lists.reads[c.of] == c.read }

func (c *listCall[K, E]) throttled(*aliyun.Error) {
	if c.current() {
		c.lists.due.Again(c.of)
	}
}

func (c *listCall[K, E]) done(failure *aliyun.Error) {
	switch now := time.Now(); {
	case !c.current():
	case failure != nil:
		c.lists.end(c.of, c.read, now, failure)
	default:
		c.lists.accept(c.of, c.read, c.got, c.asOf, now)
	}
}

// accept takes up one page.
func (l *listReader[K, E]) accept(of K, r *listRead, page aliyun.List[E], asOf, now time.Time) {
	entries := slices.DeleteFunc(page.Entries, func(e E) bool { return !usableID(l.list.id(e)) })
	r.requestID = page.RequestID
	if err := l.list.takePage(of, r, entries, asOf, now); err != nil {
		r.over = err
	}
	l.pages[of] = r.Pages(page.Total)
	ids := make([]string, len(entries))
	for i, e := range entries {
		ids[i] = *l.list.id(e)
	}
	more, complete, err := r.Add(ids, page.Total)
	switch {
	case more:
		l.due.Again(of)
		return
	case err != nil:
		l.end(of, r, now, l.fault(aliyun.CauseList, err))
	case r.over != nil:
		l.end(of, r, now, l.fault(aliyun.CauseLimit, r.over))
		l.due.Hurry(of, r.started) // the list still keeps the status of its other batches fresh
	default:
		l.end(of, r, now, nil)
	}
	l.list.takeEnd(of, r, complete, now)
}

// end ends a read.
func (l *listReader[K, E]) end(of K, r *listRead, now time.Time, failure *aliyun.Error) {
	delete(l.reads, of)
	switch before := l.due.Status(of).Failures; {
	case failure != nil && before == 0:
		level.Warn(l.logger).Log("msg", "reading a list fails", "operation", l.operation, "of", of,
			"class", failure.Class, "code", failure.Code, "err", failure)
	case failure == nil && before > 0:
		level.Info(l.logger).Log("msg", "reading a list works again", "operation", l.operation, "of", of, "failures", before)
	}
	l.due.Done(of, r.started, now, failure)
}

// fault is the failure of a list whose calls were answered.
func (l *listReader[K, E]) fault(cause aliyun.Cause, err error) *aliyun.Error {
	return &aliyun.Error{Operation: l.operation, Class: aliyun.ClassDecode, Cause: cause, Err: err}
}

// usableID reports whether an entry can be asked for by its id. The longest real ids
// have some 40 characters.
func usableID(id *string) bool {
	const longest = 256
	return id != nil && *id != "" && len(*id) <= longest
}

// watch makes the lists to read those that are wanted.
func (l *listReader[K, E]) watch(wanted map[K]bool, now time.Time) {
	for of := range l.due.All() {
		if !wanted[of] {
			l.due.Remove(of)
			delete(l.reads, of)
			delete(l.pages, of)
		}
	}
	for of := range wanted {
		l.due.Add(of, now)
	}
}

// calls is how many calls it takes to read each list once, and how many of them the
// longest list takes.
func (l *listReader[K, E]) calls() (all, longest int) {
	for of := range l.due.All() {
		pages := max(1, l.pages[of])
		all += pages
		longest = max(longest, pages)
	}
	return all, longest
}
