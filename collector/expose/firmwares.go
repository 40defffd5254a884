package expose

import (
	"cmp"
	"context"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
)

// firmwareInfo is the metric of packages. It has no emit function: a package is no batch.
var firmwareInfo = family{
	name: "aliyun_iot_ota_firmware_info",
	help: "An update package that the list of a discovered product shows, always 1. Joins names to job_info by account and firmware_id.",
}

// renderFirmwares writes the metric of packages to out. It stops as render does.
func renderFirmwares(ctx context.Context, out sink, firmwares []store.Firmware) error {
	labels := make([]label, len(firmwareLabels))
	for again := true; again; again = out.end() {
		out.begin(firmwareInfo)
		for i := range firmwares {
			f := &firmwares[i]
			if i%stopEvery == 0 {
				if err := cmp.Or(out.failed(), ctx.Err()); err != nil {
					return err
				}
			}
			out.of(f.Account, "firmware_id", aliyun.Text(f.FirmwareID))
			for j, l := range firmwareLabels {
				labels[j] = label{l.name, l.value(&f.Firmware)}
			}
			out.sample(1, labels)
		}
	}
	return out.flush()
}
