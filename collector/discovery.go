package collector

import (
	"cmp"
	"fmt"
	"slices"
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
		if w.batches.listings[of].source != "" {
			visit(w.batches.operation, of, of.instance, t.lastReads)
		}
	}
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

// listFailures are those of all accounts, with those that are alike side by side.
func (p *Poller) listFailures() (all []listFailure) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for name, w := range p.watchers {
		w.mu.Lock()
		w.discoveryLists(func(_ string, of fmt.Stringer, in aliyun.Instance, r lastReads) {
			if r.err != nil {
				all = append(all, listFailure{name, of.String(), in, r.err, r.failures, r.errAt})
			}
		})
		w.mu.Unlock()
	}
	slices.SortFunc(all, func(a, b listFailure) int {
		return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Err.Operation, b.Err.Operation),
			cmp.Compare(a.Err.Code, b.Err.Code), cmp.Compare(a.Instance.ID, b.Instance.ID), cmp.Compare(a.Of, b.Of))
	})
	return all
}
