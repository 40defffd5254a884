package target

import (
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// Firmware is an update package whose batches are listed.
type Firmware struct {
	Instance aliyun.Instance
	ID       string // FirmwareId
}

// String is for the log.
func (f Firmware) String() string { return "package " + f.ID }

// Product is one entry of discover.products.
type Product struct {
	Region   string
	Instance aliyun.Instance
	Key      string // ProductKey, or AllProducts
}

// String is for the log and the pages.
func (p Product) String() string {
	if p.Key == AllProducts {
		return "every product"
	}
	return "product " + p.Key
}
