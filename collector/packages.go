package collector

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/go-kit/log/level"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// product is one entry of discover.products.
type product struct {
	region   string
	instance aliyun.Instance
	key      string // ProductKey
}

// packages finds the update packages of products.
type packages struct {
	*watcher
	rota     rota[product]
	readings map[product]*reading
	found    map[product]map[string]bool // the packages of each, by FirmwareId
}

func (p *packages) wakeAt() (time.Time, bool) { return p.rota.wakeAt() }

func (p *packages) next(now time.Time) call {
	of, ok := p.rota.next(now)
	if !ok {
		return nil
	}
	r := p.readings[of]
	if r == nil {
		r = &reading{started: now}
		p.readings[of] = r
	}
	client, page := p.client, r.page+1
	return func(ctx context.Context) bool {
		list, err := client.ListOTAFirmware(ctx, of.instance, of.key, page)
		if ctx.Err() != nil {
			return false
		}
		return p.took(of, r, list, asError(err))
	}
}

// took takes up one page.
func (p *packages) took(of product, r *reading, list aliyun.List[aliyun.Firmware], failure *aliyun.Error) (throttled bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	switch {
	case p.readings[of] != r: // no longer configured, or put back since
	case failure != nil && failure.Class == aliyun.ClassThrottled:
		p.rota.again(of)
		return true
	case failure != nil:
		delete(p.readings, of)
		if t := p.rota.things[of]; t.failures == 0 {
			level.Warn(p.logger).Log("msg", "listing the packages of a product fails", "product_key", of.key, "class", failure.Class, "code", failure.Code, "err", failure)
		}
		p.rota.done(of, r.started, now, failure)
	default:
		more, complete := take(r, list, aliyun.FirmwaresPerPage, func(f aliyun.Firmware) *string { return f.FirmwareID })
		if more {
			p.rota.again(of)
			break
		}
		delete(p.readings, of)
		p.rota.done(of, r.started, now, nil)
		found := r.seen
		if !complete { // a package that was not seen may be there all the same
			found = r.all
			maps.Copy(found, p.found[of])
		}
		if p.found[of] == nil {
			p.found[of] = make(map[string]bool)
		}
		if !maps.Equal(found, p.found[of]) {
			p.found[of] = found
			p.watchFirmwares(now)
		}
	}
	return false
}

// configure takes up the products of a configuration.
func (p *packages) configure(rules Rules, slots int, discover []Discover, now time.Time) {
	p.rota.wait, p.rota.slots = rules.DiscoveryInterval, slots
	stay := make(map[product]bool)
	for _, d := range discover {
		for _, key := range d.Products {
			of := product{d.Region, d.Instance, key}
			stay[of] = true
			p.rota.add(of, now)
		}
	}
	for _, of := range slices.Collect(maps.Keys(p.rota.things)) {
		if !stay[of] {
			p.rota.remove(of)
			delete(p.readings, of)
			delete(p.found, of)
		}
	}
}
