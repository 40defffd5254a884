package poll_test

import (
	"slices"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/credentials"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// A reload takes effect at once and changes nothing else.
func TestReload(t *testing.T) {
	for name, c := range map[string]struct {
		change func(h *harness.Harness, a *target.Account)
		stays  []string // jobs of which just as much is known at once
		gone   string   // what no line of /metrics holds from now on; "": nothing goes
		later  []string // what lines of /metrics hold 20 s on
	}{
		"nothing changes": {
			change: func(*harness.Harness, *target.Account) {},
			stays:  []string{"job-0000", "job-0002"},
		},
		"a job is removed": {
			change: func(_ *harness.Harness, a *target.Account) { a.Targets = a.Targets[1:] },
			gone:   `job_id="job-0000"`,
			stays:  []string{"job-0001"},
		},
		"a job is added": {
			change: func(h *harness.Harness, _ *target.Account) {
				h.Put(fleet.Batch{JobID: "new", FirmwareID: "fw-1", Status: "COMPLETED"})
				h.Configure("new")
			},
			stays: []string{"job-0000"},
			later: []string{`job_id="new",status="COMPLETED"} 1`},
		},
		"the rate changes": {
			change: func(_ *harness.Harness, a *target.Account) { a.RequestsPerSecond = 3 },
			stays:  []string{"job-0000"},
			later:  []string{`api_slots{account="production",operation="QueryOTAJob"} 3`},
		},
		"the key changes": {
			change: func(h *harness.Harness, a *target.Account) {
				h.Accept(gateway.Key{ID: "id-2", Secret: "secret-2"})
				a.Credentials = credentials.Config{AccessKeyID: "id-2", AccessKeySecret: "secret-2"}
			},
			stays: []string{"job-0000"},
			later: []string{`job_poll_success{account="production",job_id="job-0000"} 1`},
		},
		"an account is added": {
			change: func(h *harness.Harness, a *target.Account) {
				second := *a
				second.Name = "second"
				second.Targets = slices.Clone(a.Targets)
				for i := range second.Targets {
					second.Targets[i].Account = "second"
				}
				h.Setup.Accounts = append(h.Setup.Accounts, second)
			},
			stays: []string{"job-0000"},
			later: []string{`job_status{account="second",job_id="job-0000",status="IN_PROGRESS"} 1`, `api_slots{account="second"`},
		},
		"the account is removed": {
			change: func(h *harness.Harness, _ *target.Account) { h.Setup.Accounts = nil },
			gone:   `account="production"`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
				h.ConfigureRunning(3)
				h.Apply()
				h.Pass(20 * time.Second)
				before := h.Scrape()
				c.change(h, h.Account())
				h.Apply()
				after := h.Scrape()
				for _, id := range c.stays {
					known := `job_last_success_timestamp_seconds{account="production",job_id="` + id + `"}`
					if was, is := harness.LineOf(before, known), harness.LineOf(after, known); was == "" || was != is {
						t.Errorf("%s\n was %q\n is  %q", id, was, is)
					}
				}
				if line := harness.LineOf(after, c.gone); c.gone != "" && line != "" {
					t.Errorf("still there: %s", line)
				}
				h.Pass(20 * time.Second)
				for _, text := range c.later {
					if harness.LineOf(h.Scrape(), text) == "" {
						t.Errorf("not there after 20 s: %s\n%s", text, h.Scrape())
					}
				}
			})
		})
	}
}

// Jobs that stay keep their place in the plan: reloads every second neither poll them
// more often nor forget one.
func TestReloadKeepsThePlan(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		h.ConfigureRunning(20)
		h.Put(fleet.Batch{JobID: "settled", FirmwareID: "fw-1", Status: "COMPLETED"})
		h.Watch("settled")
		for range 60 {
			h.Pass(time.Second)
			h.Apply()
		}
		if n, want := h.Calls(aliyun.OpQueryOTAJob), 20*4+1; n < want || n > want+20 {
			t.Errorf("%d calls in a minute of reloads, want about %d", n, want)
		}
	})
}

// No second has more calls than slots, across reloads that change the rate, take the
// account out and put it back, and change its key.
func TestReloadKeepsTheBudget(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		keys := []gateway.Key{harness.OwnKey, {ID: "id-2", Secret: harness.OwnKey.Secret}}
		h.Sim.AddAccount(gateway.Account{Name: "main", Keys: keys, Limit: 100})
		h.Sim.Record(true)
		h.ConfigureRunning(500)
		accounts := slices.Clone(h.Setup.Accounts)
		h.Apply()
		limits := []int{10, 2, 7, 1, 10, 3}
		for i := range 60 {
			limit := limits[i%len(limits)]
			accounts[0].RequestsPerSecond = limit
			accounts[0].Credentials.AccessKeyID = keys[i%2].ID
			if i%3 == 0 {
				h.Setup.Accounts = nil
				h.Apply()
			}
			h.Setup.Accounts = slices.Clone(accounts)
			h.Apply()
			from := time.Now()
			h.Pass(1300 * time.Millisecond)
			var since []time.Time
			for _, at := range h.Sim.Arrivals("main", aliyun.OpQueryOTAJob) {
				if !at.Before(from.Add(-time.Second)) {
					since = append(since, at)
				}
			}
			most := max(limit, limits[(i+len(limits)-1)%len(limits)])
			if worst := gateway.WorstWindow(since, time.Second); worst > most {
				t.Fatalf("reload %d to %d slots: %d calls in one second", i, limit, worst)
			}
			since = slices.DeleteFunc(since, func(at time.Time) bool { return at.Before(from) })
			if worst := gateway.WorstWindow(since, time.Second); worst > limit {
				t.Fatalf("after reload %d to %d slots: %d calls in one second", i, limit, worst)
			}
		}
	})
}
