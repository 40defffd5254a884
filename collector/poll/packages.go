package poll

import (
	"context"
	"maps"
	"time"

	"github.com/go-kit/log/level"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/schedule"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// packages finds the update packages of products.
type packages struct {
	lister[target.Product, aliyun.Firmware]
	found map[target.Product]map[string]string // the ProductKeys of the packages of each, by FirmwareId
}

func newPackages(w *watcher) *packages {
	p := &packages{found: make(map[target.Product]map[string]string)}
	p.lister = lister[target.Product, aliyun.Firmware]{
		w: w, readings: make(map[target.Product]*schedule.Reading), pages: make(map[target.Product]int),
		operation: aliyun.OpListOTAFirmware, perPage: aliyun.FirmwaresPerPage, most: aliyun.MaxPackages,
		id: func(f aliyun.Firmware) *string { return f.FirmwareID },
		fetch: func(ctx context.Context, c *aliyun.Client, of target.Product, page int) (aliyun.List[aliyun.Firmware], error) {
			key := of.Key
			if key == target.AllProducts {
				key = ""
			}
			return c.ListOTAFirmware(ctx, of.Instance, key, page)
		},
		page: p.shown,
		end:  p.read,
	}
	return p
}

// shown notes the products of the packages of one page. The packages themselves count
// only once the list was read to its end.
func (p *packages) shown(_ target.Product, r *schedule.Reading, page []aliyun.Firmware, _, _ time.Time) {
	if r.Products == nil {
		r.Products = make(map[string]string)
	}
	for _, f := range page {
		r.Products[*f.FirmwareID] = aliyun.Text(f.ProductKey)
	}
}

// read takes up the packages of a product.
func (p *packages) read(of target.Product, r *schedule.Reading, complete bool, now time.Time) {
	known, ok := p.found[of]
	found := make(map[string]string)
	if !complete { // a package that was not seen may be there all the same
		maps.Copy(found, known)
	}
	for id := range r.All {
		_, known := found[id]
		if complete && r.Seen[id] || !complete && (known || len(found) < aliyun.MaxPackages) {
			found[id] = r.Products[id]
		}
	}
	p.found[of] = found
	if len(found) == 0 && (!ok || len(known) > 0) {
		level.Warn(p.w.logger).Log("msg", "no packages found: if there should be some, correct discover.products or the id of the instance",
			"of", of, "iot_instance_id", of.Instance.ID)
	}
	for id := range known {
		if _, still := found[id]; !still {
			level.Info(p.w.logger).Log("msg", "package no longer listed; its batches are polled one by one from now on", "of", of, "firmware_id", id)
		}
	}
	if !ok || !maps.Equal(found, known) {
		p.w.watchFirmwares(now)
	}
}

// configure takes up the products of a configuration.
func (p *packages) configure(rules target.Rules, slots int, discover []target.Discover, now time.Time) {
	p.rota.Wait, p.rota.Slots = rules.DiscoveryInterval, slots
	wanted := make(map[target.Product]bool)
	for _, d := range discover {
		for _, key := range d.Products {
			of := target.Product{Region: d.Region, Instance: d.Instance, Key: key}
			wanted[of] = true
			p.rota.Add(of, now)
		}
	}
	p.keep(func(of target.Product) bool { return wanted[of] })
	gone := func(of target.Product, _ map[string]string) bool { return !wanted[of] }
	maps.DeleteFunc(p.found, gone)
}
