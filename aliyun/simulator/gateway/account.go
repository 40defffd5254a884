package gateway

import (
	"cmp"
	"slices"
	"time"
)

// Account is a main account of Alibaba Cloud. Only Name is required. Without Keys, no call
// is possible.
type Account struct {
	Name string // the Account of batches and packages refers to it
	Keys []Key
	// Limit is how many calls of each operation are accepted in one second; 0 is
	// DocumentedLimit.
	Limit int
	// ThrottleStatus is the HTTP status of a throttled call; 0 is 400. Newer gateways use
	// 429.
	ThrottleStatus int
	// Instances are the ids of enterprise instances of the account, in addition to those
	// of its packages and batches.
	Instances []string
	// Rival, if set, returns how many calls of another client count against the quota of
	// each operation at that time. It is called for every call of the account.
	Rival func(now time.Time) int
}

// Key is an AccessKey pair of a main account, of a RAM user or, with a Token, of an STS
// session. IDs are unique among all accounts.
type Key struct {
	ID, Secret string
	// Token, if set, is required in each call.
	Token string
	// Expires is when the Token expires; zero is never.
	Expires time.Time
	// Inactive keys are refused.
	Inactive bool
	// Deny lists the operations that RAM denies to this key; "*" is all.
	Deny []string
	// DenyCode is the error code of a denied call; "" is Forbidden.RAM with HTTP 403. A
	// code that starts with "iot." has the form of a business error.
	DenyCode string
}

type account struct {
	Account
	accepted map[string][]time.Time // calls of the last second, by operation
}

// AddAccount adds an account, or replaces the keys and limits of the account with the
// same name. Its instances, packages, batches and calls of the last second stay.
func (g *Gateway) AddAccount(a Account) {
	a.Keys = slices.Clone(a.Keys)
	g.fleet.AddInstances(a.Name, a.Instances...)
	g.mu.Lock()
	defer g.mu.Unlock()
	acc := g.accounts[a.Name]
	if acc == nil {
		acc = &account{accepted: map[string][]time.Time{}}
		g.accounts[a.Name] = acc
	}
	acc.Account = a
}

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
