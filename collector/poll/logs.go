package poll

import (
	"github.com/go-kit/log"
	"github.com/go-kit/log/level"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// logDropped logs that discovered batches are no longer watched. A batch of the state
// file has no origin yet. Configured batches are not logged, because the user removed
// them. After the first ones one line counts the rest: there can be any number.
func logDropped(logger log.Logger, dropped []*store.State, why func(*store.State) string) {
	const most = 100
	n := 0
	for _, s := range dropped {
		if s.Origin == target.Discovered || s.Origin == "" && s.FoundBy != "" {
			if n++; n <= most {
				level.Info(logger).Log("msg", "discovered batch is no longer watched: "+why(s), "job_id", s.JobID)
			}
		}
	}
	if n > most {
		level.Info(logger).Log("msg", "more discovered batches are no longer watched", "jobs", n-most)
	}
}

// logChange logs what changed between two states of a batch, if anything did.
// Throttling is left out: it belongs to the account, and is logged by its lane.
func logChange(logger log.Logger, before, after *store.State) {
	logger = log.WithSuffix(logger, "job_id", after.JobID)
	was, is := before.Err, after.Err
	if throttled(is) || throttled(was) {
		was, is = nil, nil
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
