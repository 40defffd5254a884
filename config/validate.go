package config

import "fmt"

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
	c.validateReasons(r)
}

// validate checks an account. valid reports that its credentials and its rate are valid, so
// that they can be compared with those of other accounts.
func (a *Account) validate(r *report, path string) (valid bool) {
	checkName(r, path+".name", a.Name)
	r.checkValues(path, a)
	a.validateRegions(r, path)
	r.checkValues(path+".credentials", &a.Credentials)
	before := len(r.problems)
	a.Credentials.validate(r, path+".credentials")
	valid = len(r.problems) == before && !r.invalid(path+".requests_per_second") && !r.undecoded(path+".credentials")
	a.validateInstances(r, path)
	return valid
}
