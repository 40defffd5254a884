package gateway

import (
	"cmp"
	"slices"
	"time"
)

// DocumentedLimit is the number of calls per second that Alibaba documents for each of
// the four operations and main account, including its RAM users.
const DocumentedLimit = 10

// throttle counts a call against the quota of an operation. It refuses the call if the
// limit was reached in the second that ends now, rivals included. A refused
// call does not count, so it does not prolong the throttling. The caller holds
// Gateway.mu.
func (a *account) throttle(operation string, now time.Time, rivals int) *apiError {
	recent := slices.DeleteFunc(a.accepted[operation], func(at time.Time) bool { return now.Sub(at) >= time.Second })
	if len(recent)+rivals < cmp.Or(a.Limit, DocumentedLimit) {
		a.accepted[operation] = append(recent, now)
		return nil
	}
	a.accepted[operation] = recent
	e := gatewayError("Throttling.User", "Request was denied due to user flow control.")
	e.status = cmp.Or(a.ThrottleStatus, e.status)
	return e
}
