package target

import (
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// Firmware is a firmware (update package) whose job list is read.
type Firmware struct {
	Instance aliyun.Instance
	ID       string // FirmwareId
}

// String is for people: logs and pages.
func (f Firmware) String() string { return "package " + f.ID }

// Entry is the [Target.FoundBy] of batches that the configuration discovers by this
// firmware.
func (f Firmware) Entry() string { return "firmware " + f.ID }

// Product is a product whose firmware list is read.
type Product struct {
	Region   string
	Instance aliyun.Instance
	Key      string // ProductKey, or AllProducts
}

// String is for people: logs and pages.
func (p Product) String() string {
	if p.Key == AllProducts {
		return "every product"
	}
	return p.Entry()
}

// Entry is the [Target.FoundBy] of batches that the configuration discovers by this
// product.
func (p Product) Entry() string { return "product " + p.Key }
