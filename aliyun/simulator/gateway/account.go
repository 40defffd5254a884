package gateway

import (
	"slices"
	"time"
)

// Account is an Alibaba Cloud main account. Only Name is needed; without Keys
// nobody can call.
type Account struct {
	Name string // what the Account of a fleet's batch or package refers to
	Keys []Key
	// Limit is how many calls of each operation are accepted in any second; 0 is
	// DocumentedLimit.
	Limit int
	// ThrottleStatus is the HTTP status of a throttled call; 0 is 400, newer
	// gateways use 429.
	ThrottleStatus int
	// Instances are the ids of enterprise instances that exist beside those of the
	// account's packages and batches.
	Instances []string
	// Rival, if set, says how many calls of another client count against the budget
	// of each operation at that moment. It must not call the Gateway.
	Rival func(now time.Time) int
}

// Key is an AccessKey pair of a main account, a RAM user or, with a Token, of an
// STS session. IDs are unique among all accounts.
type Key struct {
	ID, Secret string
	// Token, if set, must come with each call.
	Token string
	// Expires is when the Token ends; zero is never.
	Expires time.Time
	// Inactive keys are known but refused.
	Inactive bool
	// Deny names operations that RAM refuses to this key; "*" is all.
	Deny []string
	// DenyCode is the code of that refusal: "" is Forbidden.RAM with HTTP 403. A
	// code that starts with "iot." is sent in the business form.
	DenyCode string
}

type account struct {
	Account
	accepted map[string][]time.Time // calls of the last second, by operation
}

// AddAccount adds an account. If the name is known, it replaces keys and limits;
// instances, packages, batches and the calls of the last second stay.
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
