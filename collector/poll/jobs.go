package poll

import (
	"context"
	"time"

	"github.com/go-kit/log"
	"github.com/go-kit/log/level"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// jobs asks for batches one by one, as the plan says.
type jobs struct{ *watcher }

func (j jobs) wakeAt() (time.Time, bool) { return j.plan.WakeAt() }

func (j jobs) next(now time.Time) call {
	_, j.plan.Parked, _ = j.capacity(j.plans)
	state := j.plan.Next(now)
	if state == nil {
		return nil
	}
	client, target := j.client, state.Target
	return func(ctx context.Context) *aliyun.Error { return j.poll(ctx, client, target) }
}

// poll makes one call and takes up its outcome.
func (j jobs) poll(ctx context.Context, client *aliyun.Client, t target.Target) *aliyun.Error {
	started := time.Now()
	job, err := client.QueryOTAJob(ctx, t.Instance, t.JobID)
	end := time.Now()
	failure := aliyun.AsError(err)

	j.mu.Lock()
	defer j.mu.Unlock()
	if ctx.Err() != nil {
		return failure // stopped: the call was cut short, which says nothing of the batch, or came too late
	}
	before, after := j.store.Update(t.Account, t.JobID, func(s *store.State) *store.State {
		if failure != nil {
			return s.FailedWith(failure, started, end)
		}
		return s.Answered(job, started)
	})
	if after == nil {
		return failure // no longer watched
	}
	took := end.Sub(started)
	if failure == nil {
		j.rtt += (took - j.rtt) / 8
	}
	j.plan.Done(after, took, end)
	j.changed(before, after)
	j.tell(before, after)
	return failure
}

// tell logs what changed between two states, and nothing when nothing did.
func (w *watcher) tell(before, after *store.State) {
	logger := log.WithSuffix(w.logger, "job_id", after.JobID)
	was, is := before.Err, after.Err
	if is != nil && is.Class == aliyun.ClassThrottled || was != nil && was.Class == aliyun.ClassThrottled {
		was, is = nil, nil // the account's, and counted there
	}
	switch {
	case is != nil && (was == nil || was.Class != is.Class || was.Code != is.Code || was.Cause != is.Cause):
		level.Warn(logger).Log("msg", "polling the batch fails", "class", is.Class, "code", is.Code, "err", is)
	case is == nil && was != nil:
		level.Info(logger).Log("msg", "polling the batch works again", "failures", before.Failures)
	}
	if before.Job != nil && after.Job != nil && before.Job.Status() != after.Job.Status() {
		level.Info(logger).Log("msg", "status changed", "from", before.Job.Status(), "to", after.Job.Status())
	}
}
