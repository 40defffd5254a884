package collector

import (
	"context"
	"maps"
	"time"

	"github.com/go-kit/log/level"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// devices counts the devices of batches, round by round.
type devices struct {
	*watcher
	rota   rota[string] // job ids
	rounds map[string]*deviceRound
	calls  []deviceCall // of rounds that have begun; they go before new rounds
	warned bool         // that the API does not filter
}

type deviceCall struct{ jobID, status string }

func (d *devices) wakeAt() (time.Time, bool) {
	if len(d.calls) > 0 {
		return time.Time{}, true
	}
	return d.rota.wakeAt()
}

func (d *devices) next(now time.Time) call {
	var c deviceCall
	if len(d.calls) > 0 {
		c, d.calls = d.calls[0], d.calls[1:]
	} else {
		jobID, ok := d.rota.next(now)
		if !ok {
			return nil
		}
		c.jobID = jobID
		d.rounds[jobID] = &deviceRound{started: now, open: 1}
	}
	b := d.plan.batches[c.jobID]
	if b == nil { // dropped meanwhile
		delete(d.rounds, c.jobID)
		d.rota.remove(c.jobID)
		return nil
	}
	client, target := d.client, b.state.Target
	return func(ctx context.Context) bool { return d.count(ctx, client, target, c.status) }
}

// count makes one call of a round.
func (d *devices) count(ctx context.Context, client *aliyun.Client, t Target, status string) (throttled bool) {
	size := 1 // only the Total is read
	if status == "" {
		size = aliyun.TasksPerPage
	}
	page, err := client.ListOTATaskByJob(ctx, t.Instance, t.JobID, status, size)
	if ctx.Err() != nil {
		return false
	}
	failure := asError(err)

	d.mu.Lock()
	defer d.mu.Unlock()
	if failure != nil && failure.Class == aliyun.ClassThrottled {
		d.calls = append(d.calls, deviceCall{t.JobID, status})
		return true
	}
	r := d.rounds[t.JobID]
	if r == nil {
		return false // dropped meanwhile
	}
	r.open--
	switch {
	case failure != nil:
		r.failure = failure
	case status == "":
		for _, s := range r.first(page, d.asksConfirm(t.JobID)) {
			d.calls = append(d.calls, deviceCall{t.JobID, s})
			r.open++
		}
	default:
		r.counts[status] = page.Total
	}
	if r.open == 0 {
		delete(d.rounds, t.JobID)
		d.finish(t, r)
	}
	return false
}

// asksConfirm says whether devices may wait in CONFIRM: the batch says so, or
// the last round left some over.
func (d *devices) asksConfirm(jobID string) bool {
	s := d.plan.batches[jobID].state
	if s.Job != nil && s.Job.NeedConfirm != nil && *s.Job.NeedConfirm {
		return true
	}
	if s.Devices == nil {
		return false
	}
	sum := 0
	for n := range maps.Values(s.Devices.ByStatus) {
		sum += n
	}
	return sum < s.Devices.Total || s.Devices.ByStatus[confirm] > 0
}

// finish publishes a round whose numbers go together. A round that failed, or
// whose numbers do not, leaves those of the last one to grow old.
func (d *devices) finish(t Target, r *deviceRound) {
	d.rota.done(t.JobID, r.started, time.Now(), r.failure)
	if r.failure != nil {
		return
	}
	if r.unfiltered() {
		if !d.warned {
			d.warned = true
			level.Warn(d.logger).Log("msg", "ListOTATaskByJob does not filter by TaskStatus: devices cannot be counted; not logged again", "job_id", t.JobID)
		}
		return
	}
	counts := r.result()
	if counts == nil {
		level.Debug(d.logger).Log("msg", "the device counts of a round do not go together; they are left out", "job_id", t.JobID)
		return
	}
	before, after := d.store.Update(t.Account, t.JobID, func(s *State) *State {
		next := *s
		next.Devices = counts
		return &next
	})
	if after != nil {
		d.plan.put(after)
		d.changed(before, after)
	}
}

// watch takes a batch up or leaves it out, by what is known of it; one whose
// round is under way only when that has ended.
func (d *devices) watch(s *State, now time.Time) {
	switch {
	case d.rounds[s.JobID] != nil:
	case d.account.DeviceCounts && wantsCount(s):
		d.rota.add(s.JobID, now)
	default:
		d.rota.remove(s.JobID)
	}
}
