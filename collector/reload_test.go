package collector_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector"
)

func TestReload(t *testing.T) {
	for name, c := range map[string]struct {
		change func(h *harness, a *collector.Account)
		gone   []string // texts that no line of /metrics holds at once
		stays  []string // lines that stay as they were at once
		later  []string // texts that are there 20 s on
	}{
		"nothing changes": {
			change: func(*harness, *collector.Account) {},
			stays:  []string{`job_last_success_timestamp_seconds{account="production",job_id="job-0"}`, `job_last_success_timestamp_seconds{account="production",job_id="job-2"}`},
		},
		"a job is removed": {
			change: func(_ *harness, a *collector.Account) { a.Targets = a.Targets[1:] },
			gone:   []string{`job_id="job-0"`},
			stays:  []string{`job_last_success_timestamp_seconds{account="production",job_id="job-1"}`},
		},
		"a job is added": {
			change: func(h *harness, a *collector.Account) {
				h.sim.AddBatch(simulator.Batch{Account: "main", JobID: "new", FirmwareID: "fw-1", Status: "COMPLETED"})
				a.Targets = append(a.Targets, collector.Target{Account: a.Name, JobID: "new", Instance: a.Targets[0].Instance})
			},
			stays: []string{`job_last_success_timestamp_seconds{account="production",job_id="job-0"}`},
			later: []string{`job_id="new",status="COMPLETED"} 1`},
		},
		"the rate changes": {
			change: func(_ *harness, a *collector.Account) { a.RequestsPerSecond = 3 },
			stays:  []string{`job_last_success_timestamp_seconds{account="production",job_id="job-0"}`},
			later:  []string{`api_slots{account="production",operation="QueryOTAJob"} 3`},
		},
		"the key changes": {
			change: func(h *harness, a *collector.Account) {
				h.sim.AddAccount(simulator.Account{Name: "main", Keys: []simulator.Key{{ID: "id-2", Secret: "secret-2"}}})
				a.Credentials = aliyun.CredentialsConfig{AccessKeyID: "id-2", AccessKeySecret: "secret-2"}
			},
			stays: []string{`job_last_success_timestamp_seconds{account="production",job_id="job-0"}`},
			later: []string{`job_poll_success{account="production",job_id="job-0"} 1`},
		},
		"an account is added": {
			change: func(h *harness, a *collector.Account) {
				second := *a
				second.Name = "second"
				second.Targets = slices.Clone(a.Targets)
				for i := range second.Targets {
					second.Targets[i].Account = "second"
				}
				h.setup.Accounts = append(h.setup.Accounts, second)
			},
			stays: []string{`job_last_success_timestamp_seconds{account="production",job_id="job-0"}`},
			later: []string{`job_status{account="second",job_id="job-0",status="IN_PROGRESS"} 1`, `api_slots{account="second"`},
		},
		"the account is removed": {
			change: func(h *harness, _ *collector.Account) { h.setup.Accounts = nil },
			gone:   []string{`account="production"`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHarness(t)
				h.inProgress(3)
				h.apply()
				h.pass(20 * time.Second)
				before := h.scrape()
				c.change(h, &h.setup.Accounts[0])
				h.apply()
				after := h.scrape()
				for _, line := range c.stays {
					if was, is := lineOf(before, line), lineOf(after, line); was == "" || was != is {
						t.Errorf("%s\n was %q\n is  %q", line, was, is)
					}
				}
				for _, text := range c.gone {
					if line := lineOf(after, text); line != "" {
						t.Errorf("still there: %s", line)
					}
				}
				h.pass(20 * time.Second)
				for _, text := range c.later {
					if lineOf(h.scrape(), text) == "" {
						t.Errorf("not there after 20 s: %s\n%s", text, h.scrape())
					}
				}
			})
		})
	}
}

// lineOf is the first line of /metrics that holds a text.
func lineOf(metrics, text string) string {
	for line := range strings.Lines(metrics) {
		if strings.Contains(line, text) {
			return line
		}
	}
	return ""
}

// Jobs that stay keep their place in the plan: a reload every second does not
// poll any more often, and nobody is forgotten.
func TestReloadKeepsThePlan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		h.inProgress(20)
		h.sim.AddBatch(simulator.Batch{Account: "main", JobID: "settled", FirmwareID: "fw-1", Status: "COMPLETED"})
		h.watch("", "settled")
		for range 60 {
			h.pass(time.Second)
			h.apply()
		}
		c := h.sim.Calls("main", "QueryOTAJob")
		if want := 20*4 + 1; c.Accepted < want || c.Accepted > want+20 {
			t.Errorf("%d calls in a minute of reloads, want about %d", c.Accepted, want)
		}
	})
}

// The promise of the slots holds across reloads that change the rate, take the
// account out and put it back, and change its key.
func TestReloadKeepsTheBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		keys := []simulator.Key{{ID: "id", Secret: "secret"}, {ID: "id-2", Secret: "secret"}}
		h.sim.AddAccount(simulator.Account{Name: "main", Keys: keys, Limit: 100})
		h.sim.Record(true)
		h.inProgress(500)
		accounts := slices.Clone(h.setup.Accounts)
		h.apply()
		limits := []int{10, 2, 7, 1, 10, 3}
		for i := range 60 {
			limit := limits[i%len(limits)]
			accounts[0].RequestsPerSecond = limit
			accounts[0].Credentials.AccessKeyID = keys[i%2].ID
			if i%3 == 0 {
				h.setup.Accounts = nil
				h.apply()
			}
			h.setup.Accounts = slices.Clone(accounts)
			h.apply()
			from := time.Now()
			h.pass(1300 * time.Millisecond)
			var since []time.Time
			for _, at := range h.sim.Arrivals("main", "QueryOTAJob") {
				if !at.Before(from.Add(-time.Second)) {
					since = append(since, at)
				}
			}
			most := max(limit, limits[(i+len(limits)-1)%len(limits)])
			if worst := simulator.WorstWindow(since, time.Second); worst > most {
				t.Fatalf("reload %d to %d slots: %d calls in one second", i, limit, worst)
			}
			since = slices.DeleteFunc(since, func(at time.Time) bool { return at.Before(from) })
			if worst := simulator.WorstWindow(since, time.Second); worst > limit {
				t.Fatalf("after reload %d to %d slots: %d calls in one second", i, limit, worst)
			}
		}
	})
}

// What expected_poll_age_seconds promises is held, and is not idle talk: the
// worst age of the data comes near to it.
func TestPromiseIsHeld(t *testing.T) {
	for name, c := range map[string]struct {
		jobs, rate int
		latency    time.Duration
	}{
		"the interval decides":        {20, 10, 50 * time.Millisecond},
		"the budget decides":          {600, 10, 50 * time.Millisecond},
		"a slow API decides":          {200, 5, 2 * time.Second},
		"one slot for a hundred jobs": {100, 1, 200 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHarness(t)
				h.sim.Inject(simulator.Fault{Latency: c.latency})
				h.setup.Accounts[0].RequestsPerSecond = c.rate
				h.inProgress(c.jobs)
				h.apply()
				h.pass(10 * time.Minute)
				promised := h.value(`expected_poll_age_seconds{account="production"}`)
				worst := 0.0
				for range 200 {
					h.pass(1700 * time.Millisecond)
					now := time.Now()
					for _, s := range h.store.Snapshot() {
						worst = max(worst, now.Sub(s.AsOf).Seconds())
					}
				}
				t.Logf("promised %.1f s, worst age %.1f s", promised, worst)
				if worst > promised {
					t.Errorf("the data is up to %.1f s old, %.1f s were promised", worst, promised)
				}
				if promised > 1.15*worst+2 {
					t.Errorf("%.1f s were promised, but %.1f s are the worst: the promise says too little", promised, worst)
				}
			})
		})
	}
}
