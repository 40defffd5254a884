package collector_test

import (
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
)

// The API never sees more calls in one second than there are slots, also when the
// network stalls, the calls end without an answer, and then all requests arrive at once.
// That holds up to twice the timeout, 20 s. What happens during the stall, a second
// after it began, makes no difference.
func TestBudgetAfterAStall(t *testing.T) {
	meanwhile := map[string]func(h *harness, network *stallable){
		"nothing else":        func(*harness, *stallable) {},
		"connections break":   func(_ *harness, network *stallable) { network.reset() },
		"the account renamed": func(h *harness, _ *stallable) { h.rename("other"); h.apply() },
		"the account taken out and put back": func(h *harness, _ *stallable) {
			accounts := h.setup.Accounts
			h.setup.Accounts = nil
			h.apply()
			h.setup.Accounts = accounts
			h.apply()
		},
		"a new key": func(h *harness, _ *stallable) {
			h.account().Credentials = aliyun.CredentialsConfig{AccessKeyID: "id-2", AccessKeySecret: ownKey.Secret}
			h.apply()
		},
		"a longer timeout": func(h *harness, _ *stallable) { h.account().Timeout = time.Minute; h.apply() },
		"everything stopped": func(h *harness, _ *stallable) {
			h.poller.Stop()
			h.apply()
		},
	}
	for name, do := range meanwhile {
		for _, length := range []time.Duration{3 * time.Second, 12 * time.Second, 19900 * time.Millisecond} {
			t.Run(name+", "+length.String(), func(t *testing.T) {
				simulated(t, func(t *testing.T, h *harness) {
					h.sim.AddAccount(simulator.Account{
						Name: "main", Keys: []simulator.Key{ownKey, {ID: "id-2", Secret: ownKey.Secret}}, Limit: 1000,
					})
					h.sim.Record(true)
					network := h.stallNetwork()
					h.configureRunning(200)
					h.apply()
					h.pass(40 * time.Second)
					flow := network.stall()
					h.pass(time.Second)
					do(h, network)
					h.pass(length - time.Second)
					flow()
					h.pass(time.Minute)

					arrivals := h.sim.Arrivals("main", aliyun.OpQueryOTAJob)
					if worst := simulator.WorstWindow(arrivals, time.Second); worst > 10 {
						t.Errorf("%d calls in one second, there are 10 slots", worst)
					}
					if age := h.worstAge(1, 0, nil); age > 25*time.Second {
						t.Errorf("a minute after the stall the data is %v old", age)
					}
				})
			})
		}
	}
}
