package harness

import (
	"slices"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// renamed is an account under another name, with all that it watches.
func renamed(a target.Account, name string) target.Account {
	a.Name = name
	a.Targets = slices.Clone(a.Targets)
	for i := range a.Targets {
		a.Targets[i].Account = name
	}
	return a
}

// Rename gives the one account another name. Nothing is applied yet.
func (h *Harness) Rename(name string) { *h.Account() = renamed(*h.Account(), name) }
