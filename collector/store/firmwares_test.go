package store

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

func TestFirmwares(t *testing.T) {
	firmware := func(id, product string) aliyun.Firmware {
		return aliyun.Firmware{FirmwareID: &id, ProductKey: &product}
	}
	s := New()
	s.SetFirmwares("b", []aliyun.Firmware{firmware("fw-2", "p"), firmware("fw-1", "p")})
	s.SetFirmwares("a", []aliyun.Firmware{firmware("fw-9", "q")})
	s.SetFirmwares("c", []aliyun.Firmware{firmware("fw-1", "r")})
	s.SetFirmwares("c", nil)
	var got []string
	for account, f := range s.Firmwares() {
		got = append(got, account+" "+*f.FirmwareID)
	}
	if diff := cmp.Diff([]string{"a fw-9", "b fw-1", "b fw-2"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if f := s.Firmware("b", "fw-1"); f == nil || *f.ProductKey != "p" {
		t.Errorf("fw-1 of account b is %v", f)
	}
	if f := s.Firmware("a", "fw-1"); f != nil {
		t.Errorf("account a has %v of another account", f)
	}
}
