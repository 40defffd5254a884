package poll

import (
	"context"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// jobQueries asks for batches one by one, in the order of the plan.
type jobQueries struct{ account *account }

func (q jobQueries) wakeAt() (time.Time, bool) { return q.account.plan.WakeAt() }

func (q jobQueries) next(now time.Time) call {
	a := q.account
	away := a.jobQueryLane.capacity(a.config.Timeout, a.rtt).Away
	jobID, ok := a.plan.Next(now, away)
	if !ok {
		return nil
	}
	s := a.store.Get(a.name, jobID)
	if s == nil { // not watched any more
		a.plan.Remove(jobID)
		return nil
	}
	return &jobQuery{account: a, target: s.Target}
}

// jobQuery is one QueryOTAJob call.
type jobQuery struct {
	account        *account
	target         target.Target
	started, ended time.Time
	job            *aliyun.Job
	requestID      string
}

func (q *jobQuery) send(ctx context.Context, c *aliyun.Client) *aliyun.Error {
	q.started = time.Now()
	job, requestID, err := c.QueryOTAJob(ctx, q.target.Instance, q.target.JobID)
	q.job, q.requestID, q.ended = job, requestID, time.Now()
	return aliyun.AsError(err)
}

func (q *jobQuery) done(failure *aliyun.Error) {
	a := q.account
	before := a.store.Get(a.name, q.target.JobID)
	if before == nil {
		return // no longer watched
	}
	var after *store.State
	if failure != nil {
		after = before.FailedWith(failure, q.started, q.ended)
	} else {
		after = before.Answered(q.job, q.started)
		a.rtt += (q.ended.Sub(q.started) - a.rtt) / 8
	}
	a.update(before, after.WithAnswer(aliyun.OpQueryOTAJob, q.ended, q.requestID, failure))
	a.plan.Done(q.target.JobID, q.started, q.ended, failure)
}

// throttled notes the failure too: the batch stays due, and its state says why it ages.
func (q *jobQuery) throttled(failure *aliyun.Error) { q.done(failure) }
