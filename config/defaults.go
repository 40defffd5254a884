package config

import (
	"fmt"
	"time"
)

const (
	defaultRequestsPerSecond = 5
	defaultSignature         = "v3"
	maxRequestsPerSecond     = 10 // Alibaba's page for each operation: 10 a second for the main account

	// minDuration is the shortest that a duration may be. A shorter wait is none: it
	// would keep a core busy.
	minDuration = time.Millisecond
)

// duration is one key of polling with its default.
type duration struct {
	key   string
	value *time.Duration
	def   time.Duration
}

// durations lists the keys of polling for the defaults pass and the validate pass.
func (p *Polling) durations() []duration {
	return []duration{
		{"interval", &p.Interval, 15 * time.Second},
		{"settled_interval", &p.SettledInterval, 24 * time.Hour},
		{"timeout", &p.Timeout, 10 * time.Second},
		{"expected_duration", &p.ExpectedDuration, 24 * time.Hour},
		{"device_interval", &p.DeviceInterval, 60 * time.Second},
		{"discovery_interval", &p.DiscoveryInterval, 60 * time.Second},
		{"max_age", &p.MaxAge, 720 * time.Hour},
	}
}

// setDefaults fills in what the file does not give. A zero that it does give stays, for
// the validate pass to reject.
func (c *Config) setDefaults(r *report) {
	for _, d := range c.Polling.durations() {
		if !r.given("polling." + d.key) {
			*d.value = d.def
		}
	}
	for i := range c.Accounts {
		path := fmt.Sprintf("accounts[%d]", i)
		if !r.given(path + ".requests_per_second") {
			c.Accounts[i].RequestsPerSecond = defaultRequestsPerSecond
		}
		if !r.given(path + ".signature") {
			c.Accounts[i].Signature = defaultSignature
		}
	}
}
