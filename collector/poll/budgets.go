package poll

import (
	"maps"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/budget"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/credentials"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// budgets are the rate budgets of all accounts. What belongs to an account that
// has left the configuration is kept while its last calls still count, so that
// it may come back under the same name or another one. The poller's lock guards
// them.
type budgets struct {
	// slots are those that each account has by its requests_per_second.
	slots map[slotsKey]*budget.Slots
	// shared bound the slots of all accounts of one identity together.
	shared map[sharedKey]*budget.Shared
}

type slotsKey struct{ account, operation string }

type sharedKey struct {
	identity  credentials.Identity
	operation string
}

func newBudgets() budgets {
	return budgets{slots: make(map[slotsKey]*budget.Slots), shared: make(map[sharedKey]*budget.Shared)}
}

// configure sizes the budget of each identity in a configuration.
func (b budgets) configure(accounts []target.Account) {
	limits := make(map[credentials.Identity]int)
	for _, a := range accounts {
		limits[a.Credentials.Identity()] += a.RequestsPerSecond
	}
	for identity, limit := range limits {
		for _, operation := range aliyun.Operations {
			k := sharedKey{identity, operation}
			if b.shared[k] == nil {
				b.shared[k] = budget.NewShared()
			}
			b.shared[k].Resize(limit)
		}
	}
}

// forget drops what belongs to no account of a configuration, once no call
// counts against it any more. The slots of all accounts that stay must draw from
// their budget by then.
func (b budgets) forget(accounts []target.Account) {
	names, identities := make(map[string]bool), make(map[credentials.Identity]bool)
	for _, a := range accounts {
		names[a.Name], identities[a.Credentials.Identity()] = true, true
	}
	maps.DeleteFunc(b.slots, func(k slotsKey, s *budget.Slots) bool { return !names[k.account] && s.Idle() })
	maps.DeleteFunc(b.shared, func(k sharedKey, s *budget.Shared) bool { return !identities[k.identity] && s.Idle() })
}

// slotsOf are those of one operation of an account.
func (b budgets) slotsOf(a target.Account, operation string) *budget.Slots {
	k := slotsKey{a.Name, operation}
	if b.slots[k] == nil {
		b.slots[k] = budget.NewSlots(a.RequestsPerSecond)
	}
	return b.slots[k]
}

// of is what these slots draw from.
func (b budgets) of(a target.Account, operation string) *budget.Shared {
	return b.shared[sharedKey{a.Credentials.Identity(), operation}]
}
