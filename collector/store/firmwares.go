package store

import (
	"cmp"
	"slices"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// Firmware is a package that a firmware list of an account shows.
type Firmware struct {
	Account string
	aliyun.Firmware
}

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

// Firmwares returns the packages of all accounts, sorted by account and id.
func (s *Store) Firmwares() (all []Firmware) {
	s.mu.RLock()
	for account, byID := range s.firmwares {
		for _, f := range byID {
			all = append(all, Firmware{account, *f})
		}
	}
	s.mu.RUnlock()
	slices.SortFunc(all, func(a, b Firmware) int {
		return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(aliyun.Text(a.FirmwareID), aliyun.Text(b.FirmwareID)))
	})
	return all
}
