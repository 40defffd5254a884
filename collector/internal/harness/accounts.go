package harness

import (
	"slices"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// renamed returns an account with another name, and its batches with it.
func renamed(a target.Account, name string) target.Account {
	a.Name = name
	a.Targets = slices.Clone(a.Targets)
	for i := range a.Targets {
		a.Targets[i].Account = name
	}
	return a
}

// Rename gives the account another name. Call Apply afterwards.
func (h *Harness) Rename(name string) { *h.Account() = renamed(*h.Account(), name) }
