package poll_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/credentials"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// keyOf is the n-th key pair of a main account of budgetsOf.
func keyOf(main string, n int) credentials.Config {
	return credentials.Config{AccessKeyID: fmt.Sprintf("%s-%d", main, n), AccessKeySecret: harness.OwnKey.Secret}
}

// entry is an account of the configuration with more batches than its slots can keep
// fresh.
func entry(name string, slots int, key credentials.Config) target.Account {
	a := target.Account{Name: name, RequestsPerSecond: slots, Credentials: key}
	a.Watch(harness.Region, harness.Instance(""), harness.Numbered("job", 300), nil, nil)
	return a
}

// A rate belongs to the main account that makes the calls. Whatever a reload does to its
// entries in the configuration, the main account never gets more calls in one second than
// it had slots before or after, whichever is more. A second later all slots are in use
// again.
func TestReloadKeepsTheBudgetOfTheIdentity(t *testing.T) {
	key1, key2, other := keyOf("main", 1), keyOf("main", 2), keyOf("other", 1)
	newSecret := key1
	newSecret.AccessKeySecret = "another"
	type entries []target.Account
	for name, c := range map[string]struct {
		reloads   []entries // what is in force before, and then after each reload
		every     time.Duration
		most      map[string]int // calls in one second, by main account
		afterward map[string]int // slots at the end
	}{
		"a new name": {
			reloads:   []entries{{entry("a", 10, key1)}, {entry("b", 10, key1)}},
			afterward: map[string]int{"main": 10},
		},
		"a new name each time": {
			reloads: []entries{
				{entry("a", 10, key1)}, {entry("b", 10, key1)}, {entry("c", 10, key1)}, {entry("a", 10, key1)},
				{entry("d", 10, key1)}, {entry("e", 10, key1)}, {entry("b", 10, key1)}, {entry("f", 10, key1)},
			},
			every:     300 * time.Millisecond,
			afterward: map[string]int{"main": 10},
		},
		"two names change places": {
			reloads:   []entries{{entry("a", 10, key1), entry("b", 10, other)}, {entry("b", 10, key1), entry("a", 10, other)}},
			afterward: map[string]int{"main": 10, "other": 10},
		},
		"two names change places, to and fro": {
			reloads: []entries{
				{entry("a", 10, key1), entry("b", 5, other)}, {entry("b", 10, key1), entry("a", 5, other)},
				{entry("a", 10, key1), entry("b", 5, other)}, {entry("b", 10, key1), entry("a", 5, other)},
			},
			every:     700 * time.Millisecond,
			afterward: map[string]int{"main": 10, "other": 5},
		},
		"taken out and put back under another name": {
			reloads:   []entries{{entry("a", 10, key1)}, {}, {entry("b", 10, key1)}},
			every:     100 * time.Millisecond,
			afterward: map[string]int{"main": 10},
		},
		"the name goes to another main account": {
			reloads:   []entries{{entry("a", 10, key1)}, {entry("a", 10, other), entry("b", 10, key1)}},
			afterward: map[string]int{"main": 10, "other": 10},
		},
		"the name goes to another main account, and later the key comes back": {
			reloads:   []entries{{entry("a", 10, key1)}, {entry("a", 10, other)}, {entry("a", 10, other), entry("b", 10, key1)}},
			every:     500 * time.Millisecond,
			afterward: map[string]int{"main": 10, "other": 10},
		},
		"a new secret": {
			reloads:   []entries{{entry("a", 10, key1)}, {entry("a", 10, newSecret)}},
			afterward: map[string]int{},
		},
		"a new key": {
			reloads:   []entries{{entry("a", 10, key1)}, {entry("a", 10, key2)}},
			afterward: map[string]int{"main": 10},
		},
		"a new key, and back": {
			reloads:   []entries{{entry("a", 10, key1)}, {entry("a", 10, key2)}, {entry("a", 10, key1)}, {entry("a", 10, key2)}},
			every:     200 * time.Millisecond,
			afterward: map[string]int{"main": 10},
		},
		"a new key, and then a new name": {
			reloads:   []entries{{entry("a", 10, key1)}, {entry("a", 10, key2)}, {entry("b", 10, key2)}},
			every:     50 * time.Millisecond,
			afterward: map[string]int{"main": 10},
		},
		"taken out and put back with another key": {
			reloads:   []entries{{entry("a", 10, key1)}, {}, {entry("a", 10, key2)}},
			every:     100 * time.Millisecond,
			afterward: map[string]int{"main": 10},
		},
		"two entries change their slots": {
			reloads:   []entries{{entry("a", 1, key1), entry("b", 9, key1)}, {entry("a", 9, key1), entry("b", 1, key1)}},
			afterward: map[string]int{"main": 10},
		},
		"two entries of one key change places": {
			reloads:   []entries{{entry("a", 2, key1), entry("b", 7, key1)}, {entry("b", 7, key1), entry("a", 2, key1)}},
			afterward: map[string]int{"main": 9},
		},
		"one becomes two": {
			reloads:   []entries{{entry("a", 10, key1)}, {entry("b", 4, key1), entry("c", 6, key1)}},
			afterward: map[string]int{"main": 10},
		},
		"two become one": {
			reloads:   []entries{{entry("b", 4, key1), entry("c", 6, key1)}, {entry("a", 10, key1)}},
			afterward: map[string]int{"main": 10},
		},
		"a new name and fewer slots": {
			reloads:   []entries{{entry("a", 10, key1)}, {entry("b", 3, key1)}},
			afterward: map[string]int{"main": 3},
		},
		"a new name and more slots": {
			reloads:   []entries{{entry("a", 3, key1)}, {entry("b", 10, key1)}},
			afterward: map[string]int{"main": 10},
		},
		"a longer timeout": {
			reloads: []entries{{entry("a", 10, key1)}, func() entries {
				a := entry("a", 10, key1)
				a.Timeout = time.Minute
				return entries{a}
			}()},
			afterward: map[string]int{"main": 10},
		},
	} {
		t.Run(name, func(t *testing.T) {
			harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
				for _, main := range []string{"main", "other"} {
					var keys []gateway.Key
					for n := 1; n <= 2; n++ {
						keys = append(keys, gateway.Key{ID: keyOf(main, n).AccessKeyID, Secret: harness.OwnKey.Secret})
					}
					h.Sim.AddAccount(gateway.Account{Name: main, Keys: keys, Limit: 1000})
					for _, id := range harness.Numbered("job", 300) {
						h.Sim.AddBatch(fleet.Batch{Account: main, JobID: id, FirmwareID: "fw-1", Status: "IN_PROGRESS"})
					}
				}
				h.Sim.Record(true)
				most := make(map[string]int)
				for i, accounts := range c.reloads {
					h.Setup.Accounts = accounts
					h.Apply()
					sums := make(map[string]int)
					for _, a := range accounts {
						sums[a.Credentials.AccessKeyID[:len(a.Credentials.AccessKeyID)-2]] += a.RequestsPerSecond
					}
					for main, sum := range sums {
						most[main] = max(most[main], sum)
					}
					if i == 0 {
						h.Pass(20 * time.Second)
					} else {
						h.Pass(c.every)
					}
				}
				h.Pass(1200 * time.Millisecond)
				settled := time.Now()
				h.Pass(20 * time.Second)
				for _, main := range []string{"main", "other"} {
					arrivals := h.Sim.Arrivals(main, aliyun.OpQueryOTAJob)
					if worst := gateway.WorstWindow(arrivals, time.Second); worst > most[main] {
						t.Errorf("%d calls to %s in one second, there are %d slots", worst, main, most[main])
					}
					after := 0
					for _, at := range arrivals {
						if at.After(settled) {
							after++
						}
					}
					if least := 20 * c.afterward[main] * 95 / 100; after < least {
						t.Errorf("%d calls to %s in the 20 s after, want %d", after, main, least)
					}
				}
			})
		})
	}
}

// Two entries of one identity share its budget by their requests_per_second.
func TestEntriesOfOneIdentity(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		h.Sim.AddAccount(gateway.Account{Name: "main", Keys: []gateway.Key{harness.OwnKey}, Limit: 1000})
		for _, id := range harness.Numbered("job", 300) {
			h.PutRunning("fw-1", id)
		}
		h.Setup.Accounts = []target.Account{entry("a", 2, harness.Credentials), entry("b", 6, harness.Credentials)}
		h.Apply()
		h.Pass(time.Minute)
		for name, slots := range map[string]float64{"a": 2, "b": 6} {
			calls := h.Value(`api_requests_total{account="` + name + `",operation="QueryOTAJob",result="success"}`)
			if calls < 60*slots*0.97 || calls > 60*slots {
				t.Errorf("%v calls of %s in a minute, want %v a second", calls, name, slots)
			}
		}
	})
}
