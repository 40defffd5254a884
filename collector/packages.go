package collector

import (
	"context"
	"maps"
	"time"

	"github.com/go-kit/log/level"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// product is one entry of discover.products.
type product struct {
	region   string
	instance aliyun.Instance
	key      string // ProductKey, or AllProducts
}

// String is for the log and the pages.
func (p product) String() string {
	if p.key == AllProducts {
		return "every product"
	}
	return "product " + p.key
}

// packages finds the update packages of products.
type packages struct {
	lister[product, aliyun.Firmware]
	found map[product]map[string]string // the ProductKeys of the packages of each, by FirmwareId
}

func newPackages(w *watcher) *packages {
	p := &packages{found: make(map[product]map[string]string)}
	p.lister = lister[product, aliyun.Firmware]{
		w: w, readings: make(map[product]*reading), pages: make(map[product]int),
		operation: aliyun.OpListOTAFirmware, perPage: aliyun.FirmwaresPerPage, most: maxPackages,
		id: func(f aliyun.Firmware) *string { return f.FirmwareID },
		fetch: func(ctx context.Context, c *aliyun.Client, of product, page int) (aliyun.List[aliyun.Firmware], error) {
			key := of.key
			if key == AllProducts {
				key = ""
			}
			return c.ListOTAFirmware(ctx, of.instance, key, page)
		},
		page: p.shown,
		end:  p.read,
	}
	return p
}

// shown notes the products of the packages of one page. The packages themselves count
// only once the list was read to its end.
func (p *packages) shown(_ product, r *reading, page []aliyun.Firmware, _, _ time.Time) {
	if r.products == nil {
		r.products = make(map[string]string)
	}
	for _, f := range page {
		r.products[*f.FirmwareID] = str(f.ProductKey)
	}
}

// read takes up the packages of a product.
func (p *packages) read(of product, r *reading, complete bool, now time.Time) {
	known, ok := p.found[of]
	found := make(map[string]string)
	if !complete { // a package that was not seen may be there all the same
		maps.Copy(found, known)
	}
	for id := range r.all {
		_, known := found[id]
		if complete && r.seen[id] || !complete && (known || len(found) < maxPackages) {
			found[id] = r.products[id]
		}
	}
	p.found[of] = found
	if len(found) == 0 && (!ok || len(known) > 0) {
		level.Warn(p.w.logger).Log("msg", "no packages found: if there should be some, correct discover.products or the id of the instance",
			"of", of, "iot_instance_id", of.instance.ID)
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
func (p *packages) configure(rules Rules, slots int, discover []Discover, now time.Time) {
	p.rota.wait, p.rota.slots = rules.DiscoveryInterval, slots
	wanted := make(map[product]bool)
	for _, d := range discover {
		for _, key := range d.Products {
			of := product{d.Region, d.Instance, key}
			wanted[of] = true
			p.rota.add(of, now)
		}
	}
	p.keep(func(of product) bool { return wanted[of] })
	gone := func(of product, _ map[string]string) bool { return !wanted[of] }
	maps.DeleteFunc(p.found, gone)
}
