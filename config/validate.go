package config

import (
	"fmt"
	"strings"
)

// smallest is the smallest valid file.
const smallest = `accounts:
  - name: production
    region: cn-shanghai
    instances:
      - jobs: [wahVIzGkCMuAUE2gDERM020001]
`

// validate reports all problems of a decoded configuration with its defaults.
func (c *Config) validate(r *report) {
	r.checkValues("polling", &c.Polling)
	if len(c.Accounts) == 0 {
		r.wrong("accounts", "missing; the smallest valid file is\n\n%s", smallest)
	}
	names, shared := map[string]string{}, budgets{of: map[identity]int{}}
	for i := range c.Accounts {
		path := fmt.Sprintf("accounts[%d]", i)
		if c.Accounts[i].validate(r, path) {
			shared.add(&c.Accounts[i], path)
		}
		if name := c.Accounts[i].Name; name != "" {
			r.unique(names, name, path+".name", "the same name as %s; merge the two accounts or rename one")
		}
	}
	shared.validate(r)
}

// validate checks an account. It also says whether its credentials and its budget can be
// compared with those of other accounts, which needs both to be as their author meant them.
func (a *Account) validate(r *report, path string) bool {
	if strings.TrimSpace(a.Name) == "" {
		r.wrong(path+".name", "missing; write a name such as production, which becomes the value of the account label")
	}
	r.checkValues(path, a)
	a.validateRegions(r, path)
	r.checkValues(path+".credentials", &a.Credentials)
	before := len(r.problems)
	a.Credentials.validate(r, path+".credentials")
	sound := len(r.problems) == before && !r.invalid(path+".requests_per_second") && !r.undecoded(path+".credentials")
	a.validateInstances(r, path)
	return sound
}
