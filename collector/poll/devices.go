package poll

import (
	"context"
	"time"

	"github.com/go-kit/log/level"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/schedule"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// devices counts the devices of batches, round by round.
type devices struct {
	*watcher
	rota   schedule.Rota[string] // job ids
	rounds map[string]*deviceRound
	calls  []deviceCall    // of rounds that have begun; they go before new rounds
	said   map[string]bool // why counts were left out
}

type deviceCall struct {
	jobID, status string
	round         *deviceRound
}

func (d *devices) wakeAt() (time.Time, bool) {
	if len(d.calls) > 0 {
		return time.Time{}, true
	}
	return d.rota.WakeAt()
}

func (d *devices) next(now time.Time) call {
	var c deviceCall
	if len(d.calls) > 0 {
		c, d.calls = d.calls[0], d.calls[1:]
	} else {
		jobID, ok := d.rota.Next(now)
		if !ok {
			return nil
		}
		c.jobID, c.round = jobID, &deviceRound{started: now, open: 1}
		d.rounds[jobID] = c.round
	}
	if d.rounds[c.jobID] != c.round { // dropped meanwhile
		return nil
	}
	client, target := d.client, d.plan.Batches[c.jobID].State.Target
	return func(ctx context.Context) *aliyun.Error { return d.count(ctx, client, target, c) }
}

// count makes one call of a round.
func (d *devices) count(ctx context.Context, client *aliyun.Client, t target.Target, c deviceCall) *aliyun.Error {
	size := 1 // only the Total is read
	if c.status == "" {
		size = aliyun.TasksPerPage
	}
	page, err := client.ListOTATaskByJob(ctx, t.Instance, t.JobID, c.status, size)
	failure := aliyun.AsError(err)

	d.mu.Lock()
	defer d.mu.Unlock()
	if ctx.Err() == nil {
		d.took(t, c, page, failure)
	}
	return failure
}

// took takes up one answer. The lock is held.
func (d *devices) took(t target.Target, c deviceCall, page aliyun.List[aliyun.Task], failure *aliyun.Error) {
	if throttled(failure) {
		d.calls = append(d.calls, c)
		return
	}
	r := c.round
	if d.rounds[t.JobID] != r {
		return // dropped meanwhile, and perhaps begun anew
	}
	r.open--
	switch {
	case failure != nil:
		r.failure = failure
	case c.status == "":
		if size := d.plan.Batches[t.JobID].State.Size; size == nil || *size != page.Total {
			d.publish(t, func(next *store.State) { next.Size = new(page.Total) })
		}
		for _, s := range r.first(page, d.asksConfirm(t.JobID)) {
			d.calls = append(d.calls, deviceCall{t.JobID, s, r})
			r.open++
		}
	default:
		r.counts[c.status] = page.Total
	}
	if r.open == 0 {
		delete(d.rounds, t.JobID)
		d.finish(t, r)
	}
}

// asksConfirm says whether devices may wait in CONFIRM: the batch says so, or
// the last round left some over.
func (d *devices) asksConfirm(jobID string) bool {
	s := d.plan.Batches[jobID].State
	if s.Job != nil && s.Job.NeedConfirm != nil && *s.Job.NeedConfirm {
		return true
	}
	if s.Devices == nil {
		return false
	}
	return store.Sum(s.Devices.ByStatus) < s.Devices.Total || s.Devices.ByStatus[store.Confirm] > 0
}

// finish publishes a round whose numbers go together. A round that failed, or
// whose numbers do not, leaves those of the last one to grow old.
func (d *devices) finish(t target.Target, r *deviceRound) {
	if thing := d.rota.Things[t.JobID]; r.failure != nil && thing.Failures == 0 {
		level.Warn(d.logger).Log("msg", "counting the devices of a batch fails", "job_id", t.JobID, "class", r.failure.Class, "code", r.failure.Code, "err", r.failure)
	}
	d.rota.Done(t.JobID, r.started, time.Now(), r.failure)
	d.watch(d.plan.Batches[t.JobID].State, time.Now()) // it was let be while the round went on
	if r.failure != nil {
		d.publish(t, func(next *store.State) { next.DevicesErr = r.failure })
		return
	}
	counts, why := r.result()
	if counts == nil {
		d.publish(t, func(next *store.State) {
			next.DevicesErr = &aliyun.Error{Operation: aliyun.OpListOTATaskByJob, Class: aliyun.ClassDecode, Message: why}
		})
		if !d.said[why] {
			d.said[why] = true
			level.Warn(d.logger).Log("msg", "the device counts of a round are left out; not logged again", "job_id", t.JobID, "why", why)
		}
		return
	}
	d.publish(t, func(next *store.State) { next.Devices, next.DevicesErr = counts.Following(next.Devices), nil })
}

// publish puts what was counted of a batch into the store, unless the batch has gone
// since.
func (d *devices) publish(t target.Target, change func(next *store.State)) {
	before, after := d.store.Update(t.Account, t.JobID, func(s *store.State) *store.State {
		if s.Job == nil {
			return s
		}
		next := *s
		change(&next)
		return &next
	})
	if after != nil {
		d.plan.Put(after)
		d.changed(before, after)
	}
}

// watch takes a batch up or leaves it out, by what is known of it; one whose
// round is under way only when that has ended.
func (d *devices) watch(s *store.State, now time.Time) {
	switch {
	case d.rounds[s.JobID] != nil:
	case d.account.DeviceCounts && store.WantsCount(s):
		d.rota.Add(s.JobID, now)
	default:
		d.rota.Remove(s.JobID)
	}
}

// forget drops what was counted, where it is no longer to be shown.
func (d *devices) forget() {
	clear(d.rounds)
	d.calls = nil
	for jobID, b := range d.plan.Batches {
		d.rota.Remove(jobID)
		if b.State.Devices == nil && b.State.Size == nil && b.State.DevicesErr == nil {
			continue
		}
		_, after := d.store.Update(d.account.Name, jobID, func(s *store.State) *store.State {
			next := *s
			next.Devices, next.Size, next.DevicesErr = nil, nil, nil
			return &next
		})
		d.plan.Put(after)
	}
}
