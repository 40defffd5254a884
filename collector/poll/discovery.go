package poll

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/advice"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/schedule"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// discoveryLists visits each list of packages or batches that discovery reads. w.mu is
// held.
func (w *watcher) discoveryLists(visit func(operation string, of fmt.Stringer, in aliyun.Instance, r schedule.LastReads)) {
	for of, t := range w.packages.rota.Things {
		visit(w.packages.operation, of, of.Instance, t.LastReads)
	}
	for of, t := range w.batches.rota.Things {
		if w.batches.listings[of].source != "" && !w.elsewhere(of) {
			visit(w.batches.operation, of, of.Instance, t.LastReads)
		}
	}
}

// elsewhere says whether a package that the list of every product shows is not in the
// instance whose list that is. The documentation says that such a list has the packages
// "of the account", and not whether it has those of other instances. w.mu is held.
func (w *watcher) elsewhere(of target.Firmware) bool {
	t := w.batches.rota.Things[of]
	return t != nil && t.Err != nil && w.batches.listings[of].source == "product "+target.AllProducts &&
		(t.Err.Class == aliyun.ClassNotFound || unknownProduct(t.Err))
}

// unknownProduct says whether the API does not know the product, in this instance.
func unknownProduct(err *aliyun.Error) bool {
	return err != nil && (strings.EqualFold(err.Code, "iot.prod.NotExistedProduct") || strings.EqualFold(err.Code, "iot.firmware.InvalidProductKey"))
}

// ProductCount is how many packages a product has in an instance.
type ProductCount struct {
	Account    string
	Instance   aliyun.Instance
	ProductKey string // AllProducts where the list of every product is empty
	Packages   int
}

// productCounts are those of the lists that were read, and of products that the API
// does not know. w.mu is held.
func (w *watcher) productCounts() (counts []ProductCount) {
	for of, t := range w.packages.rota.Things {
		found, read := w.packages.found[of]
		if !read && !unknownProduct(t.Err) {
			continue
		}
		byKey := map[string]int{of.Key: 0}
		if of.Key != target.AllProducts {
			byKey[of.Key] = len(found)
		} else {
			for id, key := range found {
				if !w.elsewhere(target.Firmware{Instance: of.Instance, ID: id}) {
					byKey[key]++
				}
			}
			if len(byKey) > 1 {
				delete(byKey, target.AllProducts)
			}
		}
		for key, n := range byKey {
			counts = append(counts, ProductCount{w.account.Name, of.Instance, key, n})
		}
	}
	return counts
}

// ProductCounts are those of all accounts, those without packages first.
func (p *Poller) ProductCounts() (all []ProductCount) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, w := range p.watchers {
		w.mu.Lock()
		all = append(all, w.productCounts()...)
		w.mu.Unlock()
	}
	slices.SortFunc(all, func(a, b ProductCount) int {
		return cmp.Or(cmp.Compare(min(a.Packages, 1), min(b.Packages, 1)), cmp.Compare(a.Account, b.Account),
			cmp.Compare(a.ProductKey, b.ProductKey), cmp.Compare(a.Instance.ID, b.Instance.ID), cmp.Compare(a.Instance.URL, b.Instance.URL))
	})
	return all
}

// discovered is when all that is discovered was last known to be complete: the oldest
// of the last reads of the lists; zero until each was read. failing counts the lists
// whose last read failed, by operation; none for one without lists. w.mu is held.
func (w *watcher) discovered() (oldest time.Time, failing map[string]int) {
	failing = make(map[string]int)
	first := true
	w.discoveryLists(func(operation string, _ fmt.Stringer, _ aliyun.Instance, r schedule.LastReads) {
		if first || r.LastGood.Before(oldest) {
			first, oldest = false, r.LastGood
		}
		failing[operation] += 0
		if r.Err != nil {
			failing[operation]++
		}
	})
	return oldest, failing
}

// ListFailure is a list whose last read failed: what is new in it is not found. The
// batches that it has shown before are polled all the same.
type ListFailure struct {
	Account  string
	Of       string // such as "product a1ColdChn01"
	Instance aliyun.Instance
	Err      *aliyun.Error
	Failures int // reads in a row that failed
	At       time.Time
}

// Cure says how to mend what the last read met.
func (f ListFailure) Cure() string { return advice.Cure(f.Err, f.Instance, f.Of) }

// ListFailures are the first of those of all accounts, with those that are alike side by
// side, and how many more there are.
func (p *Poller) ListFailures(limit int) (first []ListFailure, more int) {
	for name, w := range p.all() {
		w.mu.Lock()
		w.discoveryLists(func(_ string, of fmt.Stringer, in aliyun.Instance, r schedule.LastReads) {
			if r.Err == nil {
				return
			}
			f := ListFailure{name, of.String(), in, r.Err, r.Failures, r.ErrAt}
			at, _ := slices.BinarySearchFunc(first, f, ListFailure.compare)
			if first = slices.Insert(first, at, f); len(first) > limit {
				first, more = first[:limit], more+1
			}
		})
		w.mu.Unlock()
	}
	return first, more
}

func (f ListFailure) compare(other ListFailure) int {
	return cmp.Or(cmp.Compare(f.Account, other.Account), cmp.Compare(f.Err.Operation, other.Err.Operation),
		cmp.Compare(f.Err.Code, other.Err.Code), cmp.Compare(f.Instance.ID, other.Instance.ID), cmp.Compare(f.Of, other.Of))
}
