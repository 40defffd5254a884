package poll

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/schedule"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// discoveryList is a firmware list or job list that discovery reads.
type discoveryList struct {
	operation string
	of        string // for people, such as "product a1ColdChn01"
	instance  aliyun.Instance
	schedule.ReadStatus
}

// discoveryLists returns all of them. a.mu is held.
func (a *account) discoveryLists() (all []discoveryList) {
	for of, status := range a.firmwareLists.due.All() {
		all = append(all, discoveryList{a.firmwareLists.operation, of.String(), of.Instance, status})
	}
	for of, status := range a.jobLists.due.All() {
		if a.wanted[of].foundBy != "" && !a.elsewhere(of) {
			all = append(all, discoveryList{a.jobLists.operation, of.String(), of.Instance, status})
		}
	}
	return all
}

// elsewhere reports whether a firmware that the list of every product shows is not in
// the instance whose list that is. The documentation says that such a list has the
// packages "of the account"; it does not say whether that includes other instances. a.mu
// is held.
func (a *account) elsewhere(of target.Firmware) bool {
	err := a.jobLists.due.Status(of).Err
	everyProduct := target.Product{Key: target.AllProducts}
	return err != nil && a.wanted[of].foundBy == everyProduct.Entry() &&
		(err.Class == aliyun.ClassNotFound || unknownProduct(err))
}

// unknownProduct reports whether the API does not know the product in this instance.
func unknownProduct(err *aliyun.Error) bool {
	return err != nil && (strings.EqualFold(err.Code, "iot.prod.NotExistedProduct") || strings.EqualFold(err.Code, "iot.firmware.InvalidProductKey"))
}

// discovered is when everything that is discovered was last known to be complete: the
// oldest of the last successful reads of the lists; zero until each was read. failing
// counts the lists whose last read failed, by operation; it is empty for an account
// without lists. a.mu is held.
func (a *account) discovered() (oldest time.Time, failing map[string]int) {
	failing = make(map[string]int)
	for i, l := range a.discoveryLists() {
		if i == 0 || l.LastGood.Before(oldest) {
			oldest = l.LastGood
		}
		failing[l.operation] += 0
		if l.Err != nil {
			failing[l.operation]++
		}
	}
	return oldest, failing
}

// ListFailure is a list whose last read failed, so what is new in it is not found.
// Batches that it has shown before are still polled.
type ListFailure struct {
	Account  string
	Of       string // such as "product a1ColdChn01"
	Instance aliyun.Instance
	Err      *aliyun.Error
	Failures int // reads in a row that failed
	At       time.Time
	// Answered is when the last good read of any list of this operation and endpoint began;
	// zero: none was good.
	Answered time.Time
}

// ListFailures returns the failing lists of all accounts, with similar ones side by side.
func (p *Poller) ListFailures() (all []ListFailure) {
	type source struct{ operation, url string }
	for name, a := range p.all() {
		a.mu.Lock()
		lists := a.discoveryLists()
		a.mu.Unlock()
		answered := make(map[source]time.Time)
		for _, l := range lists {
			if from := (source{l.operation, l.instance.URL}); l.LastGood.After(answered[from]) {
				answered[from] = l.LastGood
			}
		}
		for _, l := range lists {
			if l.Err != nil {
				all = append(all, ListFailure{name, l.of, l.instance, l.Err, l.Failures, l.ErrAt, answered[source{l.operation, l.instance.URL}]})
			}
		}
	}
	slices.SortFunc(all, ListFailure.compare)
	return all
}

func (f ListFailure) compare(other ListFailure) int {
	return cmp.Or(cmp.Compare(f.Account, other.Account), cmp.Compare(f.Err.Operation, other.Err.Operation),
		cmp.Compare(f.Err.Code, other.Err.Code), cmp.Compare(f.Instance.ID, other.Instance.ID), cmp.Compare(f.Of, other.Of))
}
