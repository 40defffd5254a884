package simulator

import "time"

// documentedLimit is the calls a second that Alibaba's page of each of the four
// operations grants a main account, its RAM users together.
const documentedLimit = 10

// Account is one Alibaba Cloud main account.
type Account struct {
	Name string
	Keys []Key
	// Limit is the calls a second of each operation; 0 is the documented 10.
	Limit int
	// ThrottleStatus is the HTTP status of a throttled call; 0 is 400, newer
	// gateways use 429.
	ThrottleStatus int
	// Instances are enterprise instances that exist beside those of the
	// account's packages and batches.
	Instances []string
	// Rival, if set, tells how many calls of another client count against the
	// budget of each operation at a moment. It must not call the Simulator.
	Rival func(now time.Time) int
}

// Key is an AccessKey pair of a main account, a RAM user or, with a Token, of an
// STS session.
type Key struct {
	ID, Secret string
	// Token must come with each call if set.
	Token string
	// Expires ends the Token; zero never.
	Expires  time.Time
	Inactive bool
	// Deny names operations that RAM refuses this key; "*" is all.
	Deny []string
	// DenyCode is how RAM refuses: "" is Forbidden.RAM with HTTP 403. A code that
	// starts with "iot." takes the business form.
	DenyCode string
}

type account struct {
	Account
	instances map[string]bool // known instance ids, "" not among them
	products  map[product]bool
	windows   map[string]*window // by operation
}

// product is a product in an instance: it stays known after its last package.
type product struct{ instance, key string }

// AddAccount adds an account. Under the name of a known one it replaces keys and
// limits; the packages, the batches and the calls of the last second stay.
func (s *Simulator) AddAccount(a Account) {
	a.Keys = append([]Key(nil), a.Keys...)
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
			windows:   map[string]*window{},
		}
		s.accounts[name] = acc
	}
	return acc
}

// key finds an access key among all accounts. s.mu is held.
func (s *Simulator) key(id string) (*account, *Key) {
	for _, acc := range s.accounts {
		for i := range acc.Keys {
			if acc.Keys[i].ID == id {
				return acc, &acc.Keys[i]
			}
		}
	}
	return nil, nil
}

// tokenExists tells whether a token belongs to any key. s.mu is held.
func (s *Simulator) tokenExists(token string) bool {
	for _, acc := range s.accounts {
		for _, k := range acc.Keys {
			if k.Token == token {
				return true
			}
		}
	}
	return false
}
