package config

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"
)

// budgets are the rate budgets of the main accounts, in the order of the file.
type budgets struct {
	list []budget
	of   map[identity]int // index in list
}

// budget is the rate budget of one main account and the entries of the file that share it.
// Each entry keeps its own limit, so the main account gets the sum of their calls.
type budget struct {
	same  string // what the entries have in common, for messages
	paths []string
	sum   int // requests a second
}

// identity is who makes the calls of an entry, as far as the file tells. It is compared and
// never printed: a credentials URI may contain a secret.
type identity struct {
	same  string // what two entries with the same value have in common, for messages
	value string
}

// roleOwner matches the start of a role's ARN up to the number of the main account.
var roleOwner = regexp.MustCompile(`^acs:ram::\d+:`)

// identity returns who makes the calls. Different identities may still belong to one main
// account: for example two key pairs, or a key pair and a role.
func (c *Credentials) identity() identity {
	switch {
	case c.RoleARN != "":
		// Calls count for the main account of the role, whoever assumes it.
		return identity{"a role of the same main account", cmp.Or(roleOwner.FindString(c.RoleARN), c.RoleARN)}
	case c.AccessKeyID != "":
		return identity{"the same access_key_id", c.AccessKeyID}
	case c.ECSRAMRole != "":
		return identity{"the same ecs_ram_role", c.ECSRAMRole}
	case c.CredentialsURI != "":
		return identity{"the same credentials_uri", c.CredentialsURI}
	}
	return identity{"no credentials,", ""} // the default chain gives all of them the same keys
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

// validate reports, at the last entry that shares a budget, how much of it they use together.
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
		text := fmt.Sprintf("%s as in %s, so they share one rate budget and together make up to %d requests/s", shared.same, strings.Join(others, " and "), shared.sum)
		const cure = "merge them into one entry, where each instance may have its own region"
		if shared.sum > maxRequestsPerSecond {
			r.wrong(at, "%s, over the API's limit of %d; %s, or lower requests_per_second", text, maxRequestsPerSecond, cure)
		} else {
			r.warn(at, "%s, within the API's limit of %d; %s", text, maxRequestsPerSecond, cure)
		}
	}
}
