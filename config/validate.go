package config

import (
	"fmt"
	"strings"
)

// smallest is the smallest file that works.
const smallest = `accounts:
  - name: production
    region: cn-shanghai
    instances:
      - jobs: [wahVIzGkCMuAUE2gDERM020001]
`

// validate checks a config that has its defaults and reports all that is wrong with it.
func (c *Config) validate(r *report) {
	for _, d := range c.Polling.durations() {
		switch at := "polling." + d.key; {
		case *d.value <= 0:
			r.wrong(at, "not above zero; write a duration such as 15s, or remove the key for the default")
		case *d.value < minDuration:
			r.wrong(at, "shorter than %v; write a duration such as 15s, or remove the key for the default", minDuration)
		}
	}
	if len(c.Accounts) == 0 {
		r.wrong("accounts", "missing; the smallest file is\n\n%s", smallest)
	}
	names, shared := map[string]string{}, budgets{of: map[identity]int{}}
	for i := range c.Accounts {
		path := fmt.Sprintf("accounts[%d]", i)
		if c.Accounts[i].validate(r, path) {
			shared.add(&c.Accounts[i], path)
		}
		if name := c.Accounts[i].Name; name != "" {
			r.unique(names, name, path+".name", "the same name as %s; merge the two or rename one")
		}
	}
	shared.validate(r)
}

// validate also says whether the credentials and the budget are as their author means
// them, so that they can be compared with those of other entries.
func (a *Account) validate(r *report, path string) bool {
	if strings.TrimSpace(a.Name) == "" {
		r.wrong(path+".name", "missing; it becomes the label account, write a name such as production")
	}
	if a.Endpoint != "" {
		if reason := checkEndpoint(a.Endpoint); reason != "" {
			r.wrong(path+".endpoint", "%s", reason)
		}
	}
	if a.Signature != defaultSignature && a.Signature != "v1" {
		r.wrong(path+".signature", "neither v3 nor v1; write v1 for a gateway that knows only HMAC-SHA1 signatures, or remove the key for v3, ACS3-HMAC-SHA256")
	}
	a.validateRegions(r, path)
	a.Credentials.validateValues(r, path+".credentials")
	before := len(r.problems)
	if a.RequestsPerSecond < 1 || a.RequestsPerSecond > maxRequestsPerSecond {
		r.wrong(path+".requests_per_second", "outside 1 to %d, the API's limit; write a number within or remove the key", maxRequestsPerSecond)
	}
	a.Credentials.validate(r, path+".credentials")
	meant := len(r.problems) == before && !r.undecoded(path+".credentials")
	a.validateInstances(r, path)
	return meant
}
