package expose

import (
	"cmp"
	"context"
	"iter"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// firmwareInfo is the metric of packages. It has no emit function: a package is no batch.
var firmwareInfo = family{
	name: "aliyun_iot_ota_firmware_info",
	help: "An update package that the list of a discovered product shows, always 1. Joins names to job_info by account and firmware_id.",
}

// renderFirmwares writes the metric of packages to out. It stops as render does.
func renderFirmwares(ctx context.Context, out sink, firmwares iter.Seq2[string, *aliyun.Firmware]) error {
	labels := make([]label, len(firmwareLabels))
	for again := true; again; again = out.end() {
		out.begin(firmwareInfo)
		i := 0
		for account, f := range firmwares {
			if i%stopEvery == 0 {
				if err := cmp.Or(out.failed(), ctx.Err()); err != nil {
					return err
				}
			}
			i++
			out.of(account, "firmware_id", aliyun.Text(f.FirmwareID))
			for j, l := range firmwareLabels {
				labels[j] = label{l.name, l.value(f)}
			}
			out.sample(1, labels)
		}
	}
	return out.flush()
}
