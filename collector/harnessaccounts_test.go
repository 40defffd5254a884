package collector_test

import (
	"slices"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector"
)

// renamed is an account under another name, with all that it watches.
func renamed(a collector.Account, name string) collector.Account {
	a.Name = name
	a.Targets = slices.Clone(a.Targets)
	for i := range a.Targets {
		a.Targets[i].Account = name
	}
	return a
}

// rename gives the one account another name. Nothing is applied yet.
func (h *harness) rename(name string) { *h.account() = renamed(*h.account(), name) }
