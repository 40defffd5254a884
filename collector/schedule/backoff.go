package schedule

import (
	"hash/fnv"
	"strconv"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// maxBackoff limits the wait of a failing batch or list. A batch that is not found
// waits up to the settled interval.
const maxBackoff = 5 * time.Minute

// backoff is the wait after a failed call: one interval, doubled with each further
// failure. Up to a tenth is added so that batches that failed together are asked for
// at different times. It comes from a hash, which keeps the plan a pure function.
func backoff(r target.Rules, s *store.State) time.Duration {
	limit := max(maxBackoff, r.Interval)
	if s.Err.Class == aliyun.ClassNotFound {
		limit = max(r.SettledInterval, r.Interval)
	}
	wait := doubled(r.Interval, s.Failures, limit)
	h := fnv.New32a()
	h.Write([]byte(s.JobID + strconv.Itoa(s.Failures)))
	return wait + wait/10*time.Duration(h.Sum32()%1024)/1024
}

// doubled is first, doubled with each failure after the first one, and at most limit.
func doubled(first time.Duration, failures int, limit time.Duration) time.Duration {
	wait := first
	for i := 1; i < failures && wait < limit; i++ {
		wait *= 2
	}
	return min(wait, limit)
}
