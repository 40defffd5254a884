package poll

import (
	"fmt"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// configure takes over a configuration. Batches that stay keep what is known of them
// and their place in the plan. The lock of the budgets is held.
func (a *account) configure(config target.Account, rules target.Rules, b budgets) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.client == nil || a.config.Credentials != config.Credentials || a.config.Timeout != config.Timeout {
		a.client = newClient(config, a.o, a.calls, a.observe, &a.echo)
	}
	// Together with the client: no call with the new key may count for the old one only.
	for _, l := range a.lanes {
		l.slots.Resize(config.RequestsPerSecond)
		l.slots.Draw(b.of(config, l.operation))
	}
	a.config, a.rules = config, rules
	now := time.Now()
	a.configureBatches()
	a.firmwareLists.due.Configure(rules.DiscoveryInterval, config.RequestsPerSecond)
	a.jobLists.due.Configure(rules.ListWait(len(config.Discover) > 0), config.RequestsPerSecond)
	a.taskCounts.due.Configure(rules.DeviceInterval, config.RequestsPerSecond)
	a.watchFirmwareLists(now)
	a.watchJobLists(now)
	a.watchTaskCounts(now)
	for _, l := range a.lanes {
		l.wake()
	}
}

// configureBatches makes the batches those of the configuration. a.mu is held.
func (a *account) configureBatches() {
	a.plan.Configure(a.rules, a.config.RequestsPerSecond)
	states, dropped := a.store.Configure(a.config)
	for _, s := range dropped {
		a.drop(s.JobID)
	}
	for _, s := range states {
		a.plan.Put(s)
	}
	logDropped(a.logger, dropped, func(s *store.State) string {
		return fmt.Sprintf("the configuration no longer discovers %s in instance %s", s.DiscoveredBy(), aliyun.NameOf(s.Instance))
	})
}
