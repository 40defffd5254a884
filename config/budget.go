package config

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"
)

// budgets are the rate budgets of main accounts, in the order of the file.
type budgets struct {
	list []budget
	of   map[identity]int // index in list
}

// budget is that of one main account, with the entries of the file that use it up. An
// entry knows only of its own calls: the account gets the sum of all.
type budget struct {
	same  string // what a remark says of the entries
	paths []string
	sum   int // requests a second
}

// identity is who makes the calls of an entry. It holds no secret but what an address
// of keys may have of its own, and is compared, not printed.
type identity struct {
	same  string // what a remark says of two entries with the same value
	value string
}

// roleOwner finds the number of the main account in a role's ARN.
var roleOwner = regexp.MustCompile(`^acs:ram::\d+:`)

// identity goes as far as the file tells: two key pairs, or a key pair and a role, may
// still be of one main account.
func (c *Credentials) identity() identity {
	switch {
	case c.RoleARN != "":
		// Whoever assumes a role, the calls count for the role's main account.
		return identity{"a role of the same main account", cmp.Or(roleOwner.FindString(c.RoleARN), c.RoleARN)}
	case c.AccessKeyID != "":
		return identity{"the same access_key_id", c.AccessKeyID}
	case c.ECSRAMRole != "":
		return identity{"the same ecs_ram_role", c.ECSRAMRole}
	case c.CredentialsURI != "":
		return identity{"the same credentials_uri", c.CredentialsURI}
	}
	return identity{"none,", ""} // the standard chain finds the same keys for each
}

func (b *budgets) add(a *Account, path string) {
	who := a.Credentials.identity()
	i, ok := b.of[who]
	if !ok {
		i = len(b.list)
		b.of[who] = i
		b.list = append(b.list, budget{same: who.same})
	}
	b.list[i].paths = append(b.list[i].paths, path)
	b.list[i].sum += a.RequestsPerSecond
}

// validate says, at the last of the entries that share a budget, what they make of it.
func (b *budgets) validate(r *report) {
	for _, shared := range b.list {
		last := len(shared.paths) - 1
		if last == 0 {
			continue
		}
		others := make([]string, last)
		for i := range others {
			others[i] = r.place(shared.paths[i])
		}
		at := shared.paths[last] + ".credentials"
		text := fmt.Sprintf("%s as in %s, so one budget, and together %d requests a second", shared.same, strings.Join(others, " and "), shared.sum)
		const cure = "put the instances into one entry, which may set a region for each"
		if shared.sum > maxRequestsPerSecond {
			r.wrong(at, "%s, over the API's limit of %d; %s, or lower requests_per_second", text, maxRequestsPerSecond, cure)
		} else {
			r.warn(at, "%s of the API's limit of %d; %s", text, maxRequestsPerSecond, cure)
		}
	}
}
