package schedule

import (
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// class is a reason to ask for a batch. The most urgent class comes first. A batch can
// wait in several classes at once.
type class int

const (
	scheduled   class = iota // its schedule says that it changes now
	changed                  // a list shows a change that QueryOTAJob was not asked about
	unpolled                 // never polled, and it may be running
	live                     // IN_PROGRESS, PLANNED past its moment, or an unknown status
	planned                  // PLANNED, its moment still to come
	history                  // never polled, but a list shows that it has ended
	settled                  // COMPLETED or CANCELED
	fullRefresh              // live, and lists show its status, but not its settings
	failing                  // its last call failed
	classes
)

const (
	// afterMoment is the wait after a known moment: clocks differ, and the API needs
	// time to act on it.
	afterMoment = 500 * time.Millisecond
	// minHeartbeat is the least time between two calls for a PLANNED batch.
	minHeartbeat = time.Minute
	// minFullRefresh is the least time between two calls for a batch whose status
	// lists keep fresh.
	minFullRefresh = 10 * time.Minute
)

// turn is one class that a batch waits in, and the time that the wait of the class
// counts from: the last call, or for a failing batch the next one.
type turn struct {
	class class
	at    time.Time
}

// standing is what a plan keeps of a state.
type standing struct {
	turns       []turn // what the batch waits for, its main class first
	afterOutage []turn // the same as if its last call had not failed; nil unless accountWide
	accountWide bool   // its last call failed for a reason that other batches share
	idle        bool   // it has ended or is PLANNED, so it is seldom asked for
	asOf, asked time.Time
	listed      time.Time
	failedAt    time.Time
}

func standingOf(r target.Rules, s *store.State) standing {
	st := standing{
		turns:       turnsOf(r, s, false),
		accountWide: aliyun.AccountWide(s.Err),
		idle:        s.Job.Ended() || s.Job.Status() == aliyun.StatusPlanned,
		asOf:        s.AsOf, asked: s.Asked, listed: s.Listed, failedAt: s.ErrAt,
	}
	if st.accountWide {
		st.afterOutage = turnsOf(r, s, true)
	}
	return st
}

// turnsOf says what a batch waits for, its main class first. pardoned ignores that its
// last call failed, after an outage.
func turnsOf(r target.Rules, s *store.State, pardoned bool) []turn {
	if s.Err != nil && s.Err.Class != aliyun.ClassThrottled && !pardoned {
		return []turn{{failing, s.Asked.Add(backoff(r, s))}}
	}
	start, finish := time.Time{}, time.Time{} // moments to come
	turns := make([]turn, 0, 3)
	switch {
	case s.Asked.IsZero() || s.Job == nil:
		c := unpolled
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
		home := turn{live, s.Asked}
		switch {
		case !start.IsZero():
			home.class = planned
		case listsKeepUp(r, s) && !pardoned && s.Listed.After(s.Asked):
			home.at = s.Listed
		}
		turns = append(turns, home)
	}
	switch {
	case !s.Changed.IsZero():
		turns = append(turns, turn{changed, s.Changed})
	case !start.IsZero():
		turns = append(turns, turn{scheduled, start})
	case !finish.IsZero():
		turns = append(turns, turn{scheduled, finish})
	}
	if turns[0].class == live && !s.Listed.IsZero() {
		turns = append(turns, turn{fullRefresh, s.Asked})
	}
	return turns
}

// listsKeepUp reports whether lists show a batch so often that it need not be polled
// for its status. Slower lists must not delay its polls: all batches of a page would
// then be due at once.
func listsKeepUp(r target.Rules, s *store.State) bool {
	return s.ListedEvery > 0 && s.ListedEvery <= r.Interval*11/10
}

// newestFirst is a time that orders batches that were never polled: configured ones
// first, as in the configuration, then the latest one by UtcCreate. It is in the past
// for all of them.
func newestFirst(s *store.State) time.Time {
	if s.Origin == target.Configured {
		return time.Time{}
	}
	created := int64(0)
	if s.Job != nil && s.Job.UtcCreate != nil {
		created = max(0, min(s.Job.UtcCreate.Unix(), s.Listed.Unix())) // not in the future
	}
	return time.Unix(-created, 0)
}

// after is when to ask about a moment, or zero if it had passed at asked.
func after(moment *time.Time, asked time.Time) time.Time {
	if moment == nil || !moment.Add(afterMoment).After(asked) {
		return time.Time{}
	}
	return moment.Add(afterMoment)
}
