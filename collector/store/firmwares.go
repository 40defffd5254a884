package store

import (
	"iter"
	"maps"
	"slices"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// SetFirmwares replaces the packages of an account. It takes over the slice.
func (s *Store) SetFirmwares(account string, firmwares []aliyun.Firmware) {
	byID := make(map[string]*aliyun.Firmware, len(firmwares))
	for i := range firmwares {
		byID[aliyun.Text(firmwares[i].FirmwareID)] = &firmwares[i]
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(byID) == 0 {
		delete(s.firmwares, account)
		return
	}
	s.firmwares[account] = byID
}

// Firmware returns a package of an account by its FirmwareId. It returns nil if no firmware
// list showed it: only accounts that discover products read such lists. The package must
// not be changed.
func (s *Store) Firmware(account, id string) *aliyun.Firmware {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.firmwares[account][id]
}

// Firmwares returns the packages of all accounts, each with the name of its account, sorted by
// account and id. They are those of the moment of the call, and must not be changed.
func (s *Store) Firmwares() iter.Seq2[string, *aliyun.Firmware] {
	s.mu.RLock()
	accounts := maps.Clone(s.firmwares) // the maps in it are never changed
	s.mu.RUnlock()
	return func(yield func(string, *aliyun.Firmware) bool) {
		for _, account := range slices.Sorted(maps.Keys(accounts)) {
			for _, id := range slices.Sorted(maps.Keys(accounts[account])) {
				if !yield(account, accounts[account][id]) {
					return
				}
			}
		}
	}
}
