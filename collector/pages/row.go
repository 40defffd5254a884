package pages

import (
	"cmp"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/phrase"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/poll"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
)

// noData is the status on the page of a batch without data: it was deleted, or there was no
// answer yet.
const noData = "NO_DATA"

// pageRow is one batch on the page. Every request makes a row of every batch, so a row is small
// and computes most cells when they are shown. The template uses the exported fields and
// methods.
type pageRow struct {
	*store.State
	Job    *aliyun.Job   // not nil: without data, all of its fields are nil
	Status string        // noData without data
	next   poll.NextPoll // only set in the rows that are shown or sorted by it
	now    time.Time

	Firmware *aliyun.Firmware // not nil; without a firmware list, all of its fields are nil
	Page     string           // relative URL of the page of the batch, "": it has none; only set in the rows that are shown

	pollOutage, countOutage *outage // that may explain Err and DevicesErr, see outage.explains

	deadline  time.Time // zero: none
	Basis     string    // of the deadline
	Uncounted bool      // the deadline depends on the first count of the devices
}

var (
	noJob      = &aliyun.Job{}
	noFirmware = &aliyun.Firmware{}
)

// pageRows makes a row of each state, in the same order.
func pageRows(states []*store.State, in *store.Store, now time.Time) []*pageRow {
	expected := in.ExpectedDuration()
	all := make([]pageRow, len(states))
	rows := make([]*pageRow, len(states))
	for i, s := range states {
		r := &all[i]
		r.State, r.Job, r.now = s, cmp.Or(s.Job, noJob), now
		r.Status = cmp.Or(aliyun.Text(r.Job.JobStatus), noData)
		if id := r.Job.FirmwareID; id != nil {
			r.Firmware = in.Firmware(s.Account, *id)
		}
		r.Firmware = cmp.Or(r.Firmware, noFirmware)
		var known bool
		r.deadline, r.Basis, known = s.Deadline(expected)
		r.Uncounted = r.Basis != "" && !known
		rows[i] = r
	}
	return rows
}

// Overdue reports whether the batch continues after its deadline.
func (r *pageRow) Overdue() bool {
	return !r.due().IsZero() && r.due().Before(r.now)
}

// due returns the deadline, zero if there is none. That of an ended batch is history.
func (r *pageRow) due() time.Time {
	if r.Job.Ended() {
		return time.Time{}
	}
	return r.deadline
}

// AwaitsCount reports whether the batch gets a deadline when its devices are counted.
func (r *pageRow) AwaitsCount() bool { return r.Uncounted && !r.Job.Ended() }

// Module returns the module that the batch updates. Most devices have only the one called
// "default", which is left out.
func (r *pageRow) Module() string {
	if name := aliyun.Text(r.Firmware.ModuleName); name != "default" {
		return name
	}
	return ""
}

// Failing reports whether the last poll or the last count of the devices failed. A throttled
// call says nothing about the batch.
func (r *pageRow) Failing() bool {
	return r.Err != nil && r.Err.Class != aliyun.ClassThrottled || r.DevicesErr != nil
}

func (r *pageRow) moment(at time.Time) *moment { return newMoment(at, r.now) }

// Event returns the last or the next event in the life of the batch, nil if its time is unknown.
func (r *pageRow) Event() *lifeEvent {
	for _, t := range []struct {
		verb string
		at   *time.Time
		when bool
	}{
		{"ended", r.Job.UtcEndTime, r.Job.Ended()},
		{"starts", r.Job.UtcScheduleTime, r.Job.Status() == aliyun.StatusPlanned},
		{"started", r.Job.UtcStartTime, true},
	} {
		if t.when && t.at != nil {
			return &lifeEvent{t.verb, *r.moment(*t.at)}
		}
	}
	return nil
}

type lifeEvent struct {
	Verb string // ended, starts or started
	moment
}

// Age and Deadline return nil if there is no such time.
func (r *pageRow) Age() *moment      { return r.moment(r.TrueAt()) }
func (r *pageRow) Deadline() *moment { return r.moment(r.due()) }

// showNext sets the next poll of the rows.
func showNext(poller *poll.Poller, rows []*pageRow) {
	states := make([]*store.State, len(rows))
	for i, r := range rows {
		states[i] = r.State
	}
	for i, next := range poller.NextPolls(states) {
		rows[i].next = next
	}
}

// Next describes the next poll of the batch.
func (r *pageRow) Next() phrase.Text {
	switch wait := r.next.At.Sub(r.now); {
	case r.next.UnderWay:
		return phrase.Of("running")
	case wait <= 0:
		return phrase.Of("waiting for a slot")
	case r.next.ByList:
		return phrase.Of("in %s, by list", phrase.Span(wait))
	default:
		return phrase.Of("in %s", phrase.Span(wait))
	}
}
