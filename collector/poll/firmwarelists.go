package poll

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/go-kit/log/level"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// firmwareListOperation reads firmware lists: they show the firmwares (packages) of a
// product, whose job lists are then read.
type firmwareListOperation struct{ account *account }

func (firmwareListOperation) id(f aliyun.Firmware) *string { return f.FirmwareID }

func (firmwareListOperation) fetch(ctx context.Context, c *aliyun.Client, of target.Product, page int) (aliyun.List[aliyun.Firmware], error) {
	key := of.Key
	if key == target.AllProducts {
		key = ""
	}
	return c.ListOTAFirmware(ctx, of.Instance, key, page)
}

// takePage notes the firmwares. They count only at the end of the list.
func (firmwareListOperation) takePage(_ target.Product, r *listRead, page []aliyun.Firmware, _, _ time.Time) error {
	if r.firmwares == nil {
		r.firmwares = make(map[string]aliyun.Firmware)
	}
	for _, f := range page {
		r.firmwares[*f.FirmwareID] = f
	}
	return nil
}

func (o firmwareListOperation) takeEnd(of target.Product, r *listRead, complete bool, now time.Time) {
	a := o.account
	known, ok := a.firmwares[of]
	found := make(map[string]aliyun.Firmware)
	if !complete { // a firmware that was not seen may still be there
		maps.Copy(found, known)
	}
	for id := range r.IDs(complete) {
		if _, known := found[id]; known || complete || len(found) < aliyun.MaxPackages {
			found[id] = r.firmwares[id]
		}
	}
	a.firmwares[of] = found
	if len(found) == 0 && (!ok || len(known) > 0) {
		level.Warn(a.logger).Log("msg", "no packages found; check discover.products and iot_instance_id",
			"of", of, "iot_instance_id", of.Instance.ID)
	}
	for id := range known {
		if _, still := found[id]; !still {
			level.Info(a.logger).Log("msg", "package no longer listed; its batches are now polled one by one", "of", of, "firmware_id", id)
		}
	}
	a.publishFirmwares()
	if !ok || !maps.Equal(keys(found), keys(known)) {
		a.watchJobLists(now)
	}
}

// publishFirmwares puts the firmwares of all lists into the store, which is where their
// names are found. a.mu is held.
func (a *account) publishFirmwares() {
	all := make(map[string]aliyun.Firmware)
	for _, found := range a.firmwares {
		maps.Copy(all, found)
	}
	a.store.SetFirmwares(a.name, slices.Collect(maps.Values(all)))
}

// watchFirmwareLists makes the firmware lists to read those of the configuration. a.mu
// is held.
func (a *account) watchFirmwareLists(now time.Time) {
	wanted := make(map[target.Product]bool)
	for _, d := range a.config.Discover {
		for _, key := range d.Products {
			wanted[target.Product{Region: d.Region, Instance: d.Instance, Key: key}] = true
		}
	}
	a.firmwareLists.watch(wanted, now)
	maps.DeleteFunc(a.firmwares, func(of target.Product, _ map[string]aliyun.Firmware) bool { return !wanted[of] })
	a.publishFirmwares()
}
