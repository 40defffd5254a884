package simulator

import (
	"slices"
	"time"
)

// Account is an Alibaba Cloud main account. Only Name is needed; without Keys
// nobody can call.
type Account struct {
	Name string // what Batch.Account and Firmware.Account refer to
	Keys []Key
	// Limit is how many calls of each operation are accepted in any second; 0 is
	// the documented 10.
	Limit int
	// ThrottleStatus is the HTTP status of a throttled call; 0 is 400, newer
	// gateways use 429.
	ThrottleStatus int
	// Instances are the ids of enterprise instances that exist beside those of the
	// account's packages and batches.
	Instances []string
	// Rival, if set, says how many calls of another client count against the budget
	// of each operation at that moment. It must not call the Simulator.
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
	instances map[string]bool // known instance ids, "" not among them
	products  map[product]bool
	accepted  map[string][]time.Time // calls of the last second, by operation
}

// product is a product in an instance: it stays known after its last package.
type product struct{ instance, key string }

// refusalOf is the code for a ProductKey that is not in the instance: it is in
// another one, or mistyped.
func (a *account) refusalOf(key string) string {
	for p := range a.products {
		if p.key == key {
			return "iot.prod.NotExistedProduct"
		}
	}
	return "iot.firmware.InvalidProductKey"
}

// AddAccount adds an account. If the name is known, it replaces keys and limits;
// instances, packages, batches and the calls of the last second stay.
func (s *Simulator) AddAccount(a Account) {
	a.Keys = slices.Clone(a.Keys)
	s.mu.Lock()
	defer s.mu.Unlock()
	acc := s.account(a.Name)
	acc.Account = a
	for _, id := range a.Instances {
		acc.instances[id] = true
	}
}

// account returns the account of that name, made if need be. s.mu is held.
func (s *Simulator) account(name string) *account {
	acc := s.accounts[name]
	if acc == nil {
		acc = &account{
			Account:   Account{Name: name},
			instances: map[string]bool{},
			products:  map[product]bool{},
			accepted:  map[string][]time.Time{},
		}
		s.accounts[name] = acc
	}
	return acc
}
