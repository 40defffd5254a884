package collector

import (
	"hash/fnv"
	"strconv"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// class is the queue that a batch waits in for its next poll.
type class int

const (
	fresh   class = iota // never polled
	live                 // IN_PROGRESS, PLANNED past its moment, or a status that nobody knows
	planned              // PLANNED, its moment still to come
	settled              // COMPLETED or CANCELED
	failing              // its last poll failed
	listed               // live ones that a list shows wait here too, for a full refresh
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

// turn says where a batch waits and from which time on. The time is the last
// poll, or for a failing batch the next; the plan adds what the class waits.
type turn struct {
	class class
	at    time.Time
	// moment is when the batch is expected to change by itself; zero: not
	// known. It goes before everything.
	moment time.Time
}

// turnOf says what comes next for a batch. pardoned ignores that its last poll
// failed, after an outage that was not the batch's own.
func (r Rules) turnOf(s *State, pardoned bool) turn {
	failed := s.Err != nil && s.Err.Class != aliyun.ClassThrottled && !pardoned
	switch {
	case failed:
		return turn{class: failing, at: s.Asked.Add(r.backoff(s))}
	case s.Asked.IsZero() || s.Job == nil:
		return turn{class: fresh, at: s.Asked}
	case s.Job.Ended():
		return turn{class: settled, at: s.Asked, moment: s.Changed}
	}
	t := turn{class: live, at: s.Asked}
	if !pardoned { // a list that shows the batch has made its status fresh
		t.at = later(s.Asked, s.Listed)
	}
	if !s.Changed.IsZero() {
		t.moment = s.Changed
	} else if start := after(s.Job.UtcScheduleTime, s.Asked); s.Job.Status() == aliyun.StatusPlanned && !start.IsZero() {
		t.class, t.moment = planned, start
	} else {
		t.moment = after(s.Job.UtcScheduleFinishTime, s.Asked)
	}
	return t
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
func (r Rules) backoff(s *State) time.Duration {
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

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
