package simulator

import "time"

// window holds the accepted calls of the last second, oldest first.
type window struct{ accepted []time.Time }

// admit accepts a call at now when fewer than limit were accepted in the second
// that ends at now; others is what rivals took of it. A refused call leaves no
// trace: it does not push the end of the throttling back.
func (w *window) admit(now time.Time, limit, others int) bool {
	keep := 0
	for keep < len(w.accepted) && now.Sub(w.accepted[keep]) >= time.Second {
		keep++
	}
	w.accepted = append(w.accepted[:0], w.accepted[keep:]...)
	if len(w.accepted)+others >= limit {
		return false
	}
	w.accepted = append(w.accepted, now)
	return true
}

// throttle charges the account's budget for an operation. s.mu is held.
func (a *account) throttle(operation string, now time.Time) *apiError {
	w := a.windows[operation]
	if w == nil {
		w = &window{}
		a.windows[operation] = w
	}
	limit, others := a.Limit, 0
	if limit == 0 {
		limit = documentedLimit
	}
	if a.Rival != nil {
		others = a.Rival(now)
	}
	if w.admit(now, limit, others) {
		return nil
	}
	e := gatewayError("Throttling.User", "Request was denied due to user flow control.")
	if a.ThrottleStatus != 0 {
		e.status = a.ThrottleStatus
	}
	return e
}
