package poll

import (
	"cmp"
	"slices"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// ProductCount is how many packages a product has in an instance.
type ProductCount struct {
	Account    string
	Instance   aliyun.Instance
	ProductKey string // AllProducts if the list of every product is empty
	Packages   int
}

// productCounts are those of the firmware lists that were read, and of products that
// the API does not know. a.mu is held.
func (a *account) productCounts() (counts []ProductCount) {
	for of, status := range a.firmwareLists.due.All() {
		found, read := a.firmwares[of]
		if !read && !unknownProduct(status.Err) {
			continue
		}
		byKey := map[string]int{of.Key: 0}
		if of.Key != target.AllProducts {
			byKey[of.Key] = len(found)
		} else {
			for id, f := range found {
				if !a.elsewhere(target.Firmware{Instance: of.Instance, ID: id}) {
					byKey[aliyun.Text(f.ProductKey)]++
				}
			}
			if len(byKey) > 1 {
				delete(byKey, target.AllProducts)
			}
		}
		for key, n := range byKey {
			counts = append(counts, ProductCount{a.name, of.Instance, key, n})
		}
	}
	return counts
}

// ProductCounts returns those of all accounts, products without packages first.
func (p *Poller) ProductCounts() (all []ProductCount) {
	for _, a := range p.all() {
		a.mu.Lock()
		all = append(all, a.productCounts()...)
		a.mu.Unlock()
	}
	slices.SortFunc(all, func(a, b ProductCount) int {
		return cmp.Or(cmp.Compare(min(a.Packages, 1), min(b.Packages, 1)), cmp.Compare(a.Account, b.Account),
			cmp.Compare(a.ProductKey, b.ProductKey), cmp.Compare(a.Instance.ID, b.Instance.ID), cmp.Compare(a.Instance.URL, b.Instance.URL))
	})
	return all
}
