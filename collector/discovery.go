package collector

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// discoveryLists visits each list of packages or batches that discovery reads. w.mu is
// held.
func (w *watcher) discoveryLists(visit func(operation string, of fmt.Stringer, in aliyun.Instance, r lastReads)) {
	for of, t := range w.packages.rota.things {
		visit(w.packages.operation, of, of.instance, t.lastReads)
	}
	for of, t := range w.batches.rota.things {
		if w.batches.listings[of].source != "" && !w.elsewhere(of) {
			visit(w.batches.operation, of, of.instance, t.lastReads)
		}
	}
}

// elsewhere says whether a package that the list of every product shows is not in the
// instance whose list that is. The documentation says that such a list has the packages
// "of the account", and not whether it has those of other instances. w.mu is held.
func (w *watcher) elsewhere(of firmware) bool {
	t := w.batches.rota.things[of]
	return t != nil && t.err != nil && w.batches.listings[of].source == "product "+AllProducts &&
		(t.err.Class == aliyun.ClassNotFound || unknownProduct(t.err))
}

// unknownProduct says whether the API does not know the product, in this instance.
func unknownProduct(err *aliyun.Error) bool {
	return err != nil && (strings.EqualFold(err.Code, "iot.prod.NotExistedProduct") || strings.EqualFold(err.Code, "iot.firmware.InvalidProductKey"))
}

// productCount is how many packages a product has in an instance.
type productCount struct {
	Account    string
	Instance   aliyun.Instance
	ProductKey string // AllProducts where the list of every product is empty
	Packages   int
}

// productCounts are those of the lists that were read, and of products that the API
// does not know. w.mu is held.
func (w *watcher) productCounts() (counts []productCount) {
	for of, t := range w.packages.rota.things {
		found, read := w.packages.found[of]
		if !read && !unknownProduct(t.err) {
			continue
		}
		byKey := map[string]int{of.key: 0}
		if of.key != AllProducts {
			byKey[of.key] = len(found)
		} else {
			for id, key := range found {
				if !w.elsewhere(firmware{of.instance, id}) {
					byKey[key]++
				}
			}
			if len(byKey) > 1 {
				delete(byKey, AllProducts)
			}
		}
		for key, n := range byKey {
			counts = append(counts, productCount{w.account.Name, of.instance, key, n})
		}
	}
	return counts
}

// productCounts are those of all accounts, those without packages first.
func (p *Poller) productCounts() (all []productCount) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, w := range p.watchers {
		w.mu.Lock()
		all = append(all, w.productCounts()...)
		w.mu.Unlock()
	}
	slices.SortFunc(all, func(a, b productCount) int {
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
	w.discoveryLists(func(operation string, _ fmt.Stringer, _ aliyun.Instance, r lastReads) {
		if first || r.lastGood.Before(oldest) {
			first, oldest = false, r.lastGood
		}
		failing[operation] += 0
		if r.err != nil {
			failing[operation]++
		}
	})
	return oldest, failing
}

// listFailure is a list whose last read failed: what is new in it is not found. The
// batches that it has shown before are polled all the same.
type listFailure struct {
	Account  string
	Of       string // such as "product a1ColdChn01"
	Instance aliyun.Instance
	Err      *aliyun.Error
	Failures int // reads in a row that failed
	at       time.Time
}

// Cure says how to mend what the last read met.
func (f listFailure) Cure() string { return cure(f.Err, f.Instance, f.Of) }

// listFailures are the first of those of all accounts, with those that are alike side by
// side, and how many more there are.
func (p *Poller) listFailures(limit int) (first []listFailure, more int) {
	for name, w := range p.all() {
		w.mu.Lock()
		w.discoveryLists(func(_ string, of fmt.Stringer, in aliyun.Instance, r lastReads) {
			if r.err == nil {
				return
			}
			f := listFailure{name, of.String(), in, r.err, r.failures, r.errAt}
			at, _ := slices.BinarySearchFunc(first, f, listFailure.compare)
			if first = slices.Insert(first, at, f); len(first) > limit {
				first, more = first[:limit], more+1
			}
		})
		w.mu.Unlock()
	}
	return first, more
}

func (f listFailure) compare(other listFailure) int {
	return cmp.Or(cmp.Compare(f.Account, other.Account), cmp.Compare(f.Err.Operation, other.Err.Operation),
		cmp.Compare(f.Err.Code, other.Err.Code), cmp.Compare(f.Instance.ID, other.Instance.ID), cmp.Compare(f.Of, other.Of))
}
