package shards_test

import (
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// Exporters that use all of their budget share the documented quota of 10 requests a second
// and are never throttled: a pair with half of it each, and shards of accounts that use the
// same credentials.
func TestSeveralExportersKeepTheQuota(t *testing.T) {
	const batches = 300 // more than 10 requests a second can poll in 15 s
	for name, c := range map[string]struct {
		setups func(whole target.Account) [][]target.Account // of each exporter
		totals int                                           // shards
	}{
		"a pair": {func(a target.Account) [][]target.Account { return [][]target.Account{{a}, {a}} }, 1},
		"shards of accounts with the same credentials": {func(a target.Account) [][]target.Account {
			second := harness.Renamed(a, "partner") // alone, it would be in another shard
			return [][]target.Account{{a, second}, {a, second}, {a, second}}
		}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			harness.Simulated(t, func(t *testing.T, first *harness.Harness) {
				first.Sim.AddAccount(gateway.Account{Name: "main", Keys: []gateway.Key{harness.OwnKey}, Limit: gateway.DocumentedLimit})
				first.Sim.Record(true)
				first.Sim.Inject(gateway.Fault{Latency: 30 * time.Millisecond})
				first.ConfigureRunning(batches)
				first.Account().RequestsPerSecond = gateway.DocumentedLimit / 2
				for number, accounts := range c.setups(*first.Account()) {
					h := first
					if number > 0 {
						h = harness.New(t)
						h.RedirectTo(first)
					}
					h.Setup.Accounts = accounts
					h.Setup = h.Setup.Take(target.Shard{Number: number % c.totals, Total: c.totals})
					h.Apply()
					h.Pass(370 * time.Millisecond)
				}
				const length = 5 * time.Minute
				first.Pass(length)
				calls := first.Sim.Calls("main", aliyun.OpQueryOTAJob)
				if worst := gateway.WorstWindow(first.Sim.Arrivals("main", aliyun.OpQueryOTAJob), time.Second); calls.Throttled > 0 || worst > gateway.DocumentedLimit {
					t.Errorf("%d calls were throttled; up to %d in a second", calls.Throttled, worst)
				}
				if full := length.Seconds() * gateway.DocumentedLimit; float64(calls.Accepted) < 0.9*full {
					t.Errorf("%d calls, want nearly %.0f: the budget is not used, so this test says nothing", calls.Accepted, full)
				}
			})
		})
	}
}
