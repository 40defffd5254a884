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
      - jobs: [wahVIzGkCMuAUE2gDERM02****]
`

// validate checks a config that has its defaults and reports all that is wrong with it.
func (c *Config) validate(r *report) {
	for _, d := range c.Polling.durations() {
		if *d.value <= 0 {
			r.wrong("polling."+d.key, "not above zero; write a duration such as 15s, or remove the key for the default")
		}
	}
	if len(c.Accounts) == 0 {
		r.wrong("accounts", "missing; the smallest file is\n\n%s", smallest)
	}
	names := map[string]string{}
	for i := range c.Accounts {
		path := fmt.Sprintf("accounts[%d]", i)
		c.Accounts[i].validate(r, path)
		if name := c.Accounts[i].Name; name != "" {
			r.unique(names, name, path+".name", "the same name as %s; merge the two or rename one")
		}
	}
}

func (a *Account) validate(r *report, path string) {
	if strings.TrimSpace(a.Name) == "" {
		r.wrong(path+".name", "missing; it becomes the label account, write a name such as production")
	}
	if a.Endpoint != "" {
		if reason := checkEndpoint(a.Endpoint); reason != "" {
			r.wrong(path+".endpoint", "%s", reason)
		}
	}
	a.validateRegions(r, path)
	if a.RequestsPerSecond < 1 || a.RequestsPerSecond > maxRequestsPerSecond {
		r.wrong(path+".requests_per_second", "outside 1 to %d, the API's limit; write a number within or remove the key", maxRequestsPerSecond)
	}
	a.Credentials.validate(r, path+".credentials")
	a.validateInstances(r, path)
}
