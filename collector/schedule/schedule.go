package schedule

import (
	"hash/fnv"
	"strconv"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// class is why a batch waits for its next poll. The order is that of urgency. A
// batch can wait in several classes at once.
type class int

const (
	scheduled class = iota // its schedule says that it changes now
	Changed                // a list shows a change that QueryOTAJob was not asked about
	Fresh                  // never polled, and for all that is known it may be running
	Live                   // IN_PROGRESS, PLANNED past its moment, or an unknown status
	planned                // PLANNED, its moment still to come
	history                // never polled, but a list shows that it has ended
	settled                // COMPLETED or CANCELED
	listed                 // live, with a status that lists keep fresh: due for a full refresh
	failing                // its last poll failed
	classes
)

const (
	// afterMoment is waited beyond a known moment, for clocks that differ and
	// for the API to act on it.
	afterMoment = 500 * time.Millisecond
	// maxBackoff caps the wait of a failing batch; one that is not found
	// waits up to the settled interval.
	maxBackoff = 5 * time.Minute
	// minHeartbeat is the least time between two polls of a PLANNED batch.
	minHeartbeat = time.Minute
	// minFullRefresh is the least time between two polls of a batch whose
	// status a list keeps fresh.
	minFullRefresh = 10 * time.Minute
)

// turn is one class that a batch waits in, and since when. The time is that of the
// last poll; for a failing batch it is that of the next. The plan adds what the class
// waits.
type turn struct {
	class class
	at    time.Time
}

// turnsOf says what a batch waits for next, its main class first. pardoned ignores
// that its last poll failed, after an outage that was not the batch's own.
func turnsOf(r target.Rules, s *store.State, pardoned bool) []turn {
	if s.Err != nil && s.Err.Class != aliyun.ClassThrottled && !pardoned {
		return []turn{{failing, s.Asked.Add(backoff(r, s))}}
	}
	start, finish := time.Time{}, time.Time{} // moments to come
	turns := make([]turn, 0, 3)
	switch {
	case s.Asked.IsZero() || s.Job == nil:
		c := Fresh
		if s.Job.Ended() {
			c = history
		}
		turns = append(turns, turn{c, newestFirst(s)})
	case s.Job.Ended():
		turns = append(turns, turn{settled, s.Asked})
	default:
		start, finish = after(s.Job.UtcScheduleTime, s.Asked), after(s.Job.UtcScheduleFinishTime, s.Asked)
		if s.Job.Status() != aliyun.StatusPlanned {
			start = time.Time{}
		}
		home := turn{Live, s.Asked}
		switch {
		case !start.IsZero():
			home.class = planned
		case listsKeepUp(r, s) && !pardoned:
			home.at = store.Later(s.Asked, s.Listed)
		}
		turns = append(turns, home)
	}
	switch {
	case !s.Changed.IsZero():
		turns = append(turns, turn{Changed, s.Changed})
	case !start.IsZero():
		turns = append(turns, turn{scheduled, start})
	case !finish.IsZero():
		turns = append(turns, turn{scheduled, finish})
	}
	if turns[0].class == Live && !s.Listed.IsZero() {
		turns = append(turns, turn{listed, s.Asked})
	}
	return turns
}

// listsKeepUp says whether lists show a batch so often that it need not be polled for
// its status. Slower lists must not put its polls off: all batches of a page would
// then be due at once.
func listsKeepUp(r target.Rules, s *store.State) bool {
	return s.ListedEvery > 0 && s.ListedEvery <= r.Interval*11/10
}

// newestFirst is a time that orders batches that were never polled: configured ones
// first, as in the configuration, then the one that was created last. It lies in the
// past for all of them.
func newestFirst(s *store.State) time.Time {
	if s.Origin == target.Configured {
		return time.Time{}
	}
	created := int64(0)
	if s.Job != nil && s.Job.UtcCreate != nil {
		created = max(0, min(s.Job.UtcCreate.Unix(), s.Listed.Unix())) // no time to come
	}
	return time.Unix(-created, 0)
}

// after is the time to look at a moment, or zero when that has passed by asked.
func after(moment *time.Time, asked time.Time) time.Time {
	if moment == nil || !moment.Add(afterMoment).After(asked) {
		return time.Time{}
	}
	return moment.Add(afterMoment)
}

// backoff is the wait after a failed poll: one interval, doubling. Up to a
// tenth is added so that batches that failed together part ways; it is taken
// from a hash, which keeps the plan a pure function.
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

// doubled is first, doubled with each failure after the first one, and limit
// at most.
func doubled(first time.Duration, failures int, limit time.Duration) time.Duration {
	wait := first
	for i := 1; i < failures && wait < limit; i++ {
		wait *= 2
	}
	return min(wait, limit)
}
