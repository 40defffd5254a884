package collector

import (
	"context"
	"maps"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// product is one entry of discover.products.
type product struct {
	region   string
	instance aliyun.Instance
	key      string // ProductKey
}

// String is for the log.
func (p product) String() string { return "product " + p.key }

// packages finds the update packages of products.
type packages struct {
	lister[product, aliyun.Firmware]
	found map[product]map[string]bool // the packages of each, by FirmwareId
}

func newPackages(w *watcher) *packages {
	p := &packages{found: make(map[product]map[string]bool)}
	p.lister = lister[product, aliyun.Firmware]{
		w: w, readings: make(map[product]*reading),
		operation: aliyun.OpListOTAFirmware, perPage: aliyun.FirmwaresPerPage,
		id: func(f aliyun.Firmware) *string { return f.FirmwareID },
		fetch: func(ctx context.Context, c *aliyun.Client, of product, page int) (aliyun.List[aliyun.Firmware], error) {
			return c.ListOTAFirmware(ctx, of.instance, of.key, page)
		},
		page: func(product, []aliyun.Firmware, time.Time, time.Time) {}, // they count as a whole
		end:  p.read,
	}
	return p
}

// read takes up the packages of a product.
func (p *packages) read(of product, r *reading, complete bool, now time.Time) {
	found := r.seen
	if !complete { // a package that was not seen may be there all the same
		found = r.all
		maps.Copy(found, p.found[of])
	}
	known, ok := p.found[of]
	p.found[of] = found
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
	maps.DeleteFunc(p.found, func(of product, _ map[string]bool) bool { return !wanted[of] })
}
