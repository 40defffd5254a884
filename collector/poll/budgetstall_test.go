package poll_test

import (
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/credentials"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
)

// The API never sees more calls in one second than there are slots, also when the
// network stalls, the calls end without an answer, and then all requests arrive at once.
// This holds up to twice the timeout, 20 s. What happens one second into the stall makes
// no difference.
func TestBudgetAfterAStall(t *testing.T) {
	meanwhile := map[string]func(h *harness.Harness, network *harness.Stallable){
		"nothing else":        func(*harness.Harness, *harness.Stallable) {},
		"connections break":   func(_ *harness.Harness, network *harness.Stallable) { network.Reset() },
		"the account renamed": func(h *harness.Harness, _ *harness.Stallable) { h.Rename("other"); h.Apply() },
		"the account taken out and put back": func(h *harness.Harness, _ *harness.Stallable) {
			accounts := h.Setup.Accounts
			h.Setup.Accounts = nil
			h.Apply()
			h.Setup.Accounts = accounts
			h.Apply()
		},
		"a new key": func(h *harness.Harness, _ *harness.Stallable) {
			h.Account().Credentials = credentials.Config{AccessKeyID: "id-2", AccessKeySecret: harness.OwnKey.Secret}
			h.Apply()
		},
		"a longer timeout": func(h *harness.Harness, _ *harness.Stallable) { h.Account().Timeout = time.Minute; h.Apply() },
		"everything stopped": func(h *harness.Harness, _ *harness.Stallable) {
			h.Poller.Stop()
			h.Apply()
		},
	}
	for name, do := range meanwhile {
		for _, length := range []time.Duration{3 * time.Second, 12 * time.Second, 19900 * time.Millisecond} {
			t.Run(name+", "+length.String(), func(t *testing.T) {
				harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
					h.Sim.AddAccount(gateway.Account{
						Name: "main", Keys: []gateway.Key{harness.OwnKey, {ID: "id-2", Secret: harness.OwnKey.Secret}}, Limit: 1000,
					})
					h.Sim.Record(true)
					network := h.StallNetwork()
					h.ConfigureRunning(200)
					h.Apply()
					h.Pass(5 * time.Second)
					flow := network.Stall()
					h.Pass(time.Second)
					do(h, network)
					h.Pass(length - time.Second)
					flow()
					h.Pass(time.Minute)

					arrivals := h.Sim.Arrivals("main", aliyun.OpQueryOTAJob)
					if worst := gateway.WorstWindow(arrivals, time.Second); worst > 10 {
						t.Errorf("%d calls in one second, there are 10 slots", worst)
					}
					if age := h.WorstAge(1, 0, nil); age > 25*time.Second {
						t.Errorf("a minute after the stall the data is %v old", age)
					}
				})
			})
		}
	}
}
