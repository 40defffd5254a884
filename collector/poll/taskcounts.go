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

// taskCounts counts the device tasks of batches, round by round. The lock of the
// account guards it.
type taskCounts struct {
	account *account
	due     schedule.Periodic[string] // by job id
	rounds  map[string]*taskRound     // that are under way
	calls   []*taskCount              // of rounds that have begun; they go before new rounds
	logged  map[string]bool           // why counts were left out
	kept    keptFailures
}

func newTaskCounts(a *account) *taskCounts {
	return &taskCounts{account: a, rounds: make(map[string]*taskRound), logged: make(map[string]bool), kept: keptFailures{byJob: make(map[string]int)}}
}

func (t *taskCounts) wakeAt() (time.Time, bool) {
	if len(t.calls) > 0 {
		return time.Time{}, true
	}
	return t.due.WakeAt()
}

func (t *taskCounts) next(now time.Time) call {
	for len(t.calls) > 0 {
		c := t.calls[0]
		t.calls = t.calls[1:]
		if t.current(c) {
			return c
		}
	}
	jobID, ok := t.due.Next(now)
	if !ok {
		return nil
	}
	s := t.account.store.Get(t.account.name, jobID)
	if s == nil { // not watched any more
		t.drop(jobID)
		return nil
	}
	r := &taskRound{started: now, open: 1}
	t.rounds[jobID] = r
	return &taskCount{counts: t, target: s.Target, round: r}
}

// taskCount is one call of a round: the first page of all tasks, or how many have one
// status. A page of failed tasks comes with their number: it says why they failed, and
// costs no more than the number alone.
type taskCount struct {
	counts *taskCounts
	target target.Target
	status string // "": all
	round  *taskRound
	page   aliyun.List[aliyun.Task]
}

// current reports whether the round of a call goes on: it was not dropped, and perhaps
// begun anew.
func (t *taskCounts) current(c *taskCount) bool { return t.rounds[c.target.JobID] == c.round }

func (c *taskCount) send(ctx context.Context, client *aliyun.Client) *aliyun.Error {
	size := 1 // only the Total is read
	if c.status == "" || c.status == aliyun.TaskFailed {
		size = aliyun.TasksPerPage
	}
	page, err := client.ListOTATaskByJob(ctx, c.target.Instance, c.target.JobID, c.status, size)
	c.page = page
	return aliyun.AsError(err)
}

func (c *taskCount) throttled(*aliyun.Error) { c.counts.calls = append(c.counts.calls, c) }

func (c *taskCount) done(failure *aliyun.Error) {
	t, r := c.counts, c.round
	before := t.account.store.Get(t.account.name, c.target.JobID)
	if !t.current(c) || before == nil {
		return
	}
	r.open--
	if r.failure == nil {
		r.ended, r.requestID, r.failure = time.Now(), c.page.RequestID, failure
	}
	switch {
	case failure != nil:
	case c.status == "":
		t.account.update(before, before.WithSize(c.page.Total))
		for _, status := range r.first(c.page, before.MayConfirm()) {
			t.calls = append(t.calls, &taskCount{counts: t, target: c.target, status: status, round: r})
			r.open++
		}
	default:
		r.count(c.status, c.page)
	}
	if r.open == 0 {
		t.finish(c.target.JobID, r)
	}
}

// finish ends a round and publishes its numbers if they are consistent. Otherwise those
// of an earlier round stay and age.
func (t *taskCounts) finish(jobID string, r *taskRound) {
	delete(t.rounds, jobID)
	a, now := t.account, time.Now()
	if r.failure != nil && t.due.Status(jobID).Failures == 0 {
		level.Warn(a.logger).Log("msg", "counting the devices of a batch fails", "job_id", jobID, "class", r.failure.Class, "code", r.failure.Code, "err", r.failure)
	}
	t.due.Done(jobID, r.started, now, r.failure)
	before := a.store.Get(a.name, jobID)
	if before == nil {
		return
	}
	t.watch(before, now) // what changed while the round went on
	after := before.WithAnswer(aliyun.OpListOTATaskByJob, r.ended, r.requestID, r.failure)
	if r.failure != nil {
		a.update(before, after.WithDevicesErr(r.failure, now))
		return
	}
	counts, why := r.result(a.config.Reasons)
	if counts == nil {
		a.update(before, after.WithDevicesErr(&aliyun.Error{Operation: aliyun.OpListOTATaskByJob, Class: aliyun.ClassDecode, Message: why}, now))
		if !t.logged[why] {
			t.logged[why] = true
			level.Warn(a.logger).Log("msg", "inconsistent device counts are not shown; logged once", "job_id", jobID, "why", why)
		}
		return
	}
	if before.DevicesErr != nil {
		level.Info(a.logger).Log("msg", "counting the devices of a batch works again", "job_id", jobID)
	}
	counts.Failed = t.kept.cut(jobID, counts.Failed)
	a.update(before, after.WithDevices(counts))
}

// watch begins or ends the counting of a batch, as its state asks for. While a round is
// under way it changes nothing.
func (t *taskCounts) watch(s *store.State, now time.Time) {
	t.kept.note(s)
	switch {
	case t.rounds[s.JobID] != nil:
	case t.account.config.DeviceCounts && s.WantsCount():
		t.due.Add(s.JobID, now)
	default:
		t.due.Remove(s.JobID)
	}
}

// drop forgets a batch.
func (t *taskCounts) drop(jobID string) {
	t.due.Remove(jobID)
	delete(t.rounds, jobID)
	t.kept.forget(jobID)
}

// watchTaskCounts takes up whether the configuration counts devices. If not, the counts
// that are known are dropped. a.mu is held.
func (a *account) watchTaskCounts(now time.Time) {
	counts := a.config.DeviceCounts
	if !counts {
		clear(a.taskCounts.rounds)
		a.taskCounts.calls = nil
	}
	for _, s := range a.store.Account(a.name) {
		if !counts {
			a.update(s, s.WithoutDevices())
		}
		a.taskCounts.watch(s, now)
	}
}
