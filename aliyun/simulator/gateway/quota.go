package gateway

import (
	"cmp"
	"slices"
	"time"
)

// DocumentedLimit is the calls a second that Alibaba's page of each of the four
// operations grants a main account, its RAM users together.
const DocumentedLimit = 10

// throttle charges the account's budget for an operation: fewer than its limit may
// have been accepted in the second that ends now, the rival's calls included. A
// refused call leaves no trace: it does not prolong the throttling. Gateway.mu is held.
func (a *account) throttle(operation string, now time.Time) *apiError {
	recent := slices.DeleteFunc(a.accepted[operation], func(at time.Time) bool { return now.Sub(at) >= time.Second })
	taken := len(recent)
	if a.Rival != nil {
		taken += a.Rival(now)
	}
	if taken < cmp.Or(a.Limit, DocumentedLimit) {
		a.accepted[operation] = append(recent, now)
		return nil
	}
	a.accepted[operation] = recent
	e := gatewayError("Throttling.User", "Request was denied due to user flow control.")
	e.status = cmp.Or(a.ThrottleStatus, e.status)
	return e
}
