package poll

import (
	"time"
)

// worstAge is the oldest that the status of a live batch gets as things stand. a.mu is
// held.
func (a *account) worstAge(now time.Time) time.Duration {
	calls, longest := a.jobLists.calls()
	byLists := a.lanes.jobLists.capacity(a.config.Timeout, a.rtt).WorstAge(calls, a.jobLists.due.Wait(), 0)
	byLists = max(byLists, time.Duration(longest)*a.rtt) // page by page
	return a.plan.WorstAge(now, byLists, a.lanes.jobQueries.capacity(a.config.Timeout, a.rtt))
}
