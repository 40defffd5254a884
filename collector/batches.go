package collector

import (
	"context"
	"fmt"
	"time"

	"github.com/go-kit/log/level"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

const (
	// maxBatches is how many batches of a package are read.
	maxBatches = 100_000
	// maxDiscovered is how many discovered batches of an account are watched. All
	// that run, or ended within polling.max_age, need about 100 MiB then.
	maxDiscovered = 20_000
)

// firmware is an update package whose batches are listed.
type firmware struct {
	instance aliyun.Instance
	id       string // FirmwareId
}

// listing is why and for whom the batches of a package are listed.
type listing struct {
	region string
	// source is the entry of the configuration that discovers the package,
	// "" where it is listed for the status of configured batches only.
	source string
}

// String is for the log.
func (f firmware) String() string { return "package " + f.id }

// batches reads the lists of batches: they show new ones, and keep the status
// of known ones fresh, 200 a call.
type batches struct {
	lister[firmware, aliyun.JobSummary]
	listings map[firmware]listing
}

func newBatches(w *watcher) *batches {
	b := &batches{}
	b.lister = lister[firmware, aliyun.JobSummary]{
		w: w, readings: make(map[firmware]*reading), pages: make(map[firmware]int),
		operation: aliyun.OpListOTAJobByFirmware, perPage: aliyun.JobsPerPage, most: maxBatches,
		id: func(j aliyun.JobSummary) *string { return j.JobID },
		fetch: func(ctx context.Context, c *aliyun.Client, of firmware, page int) (aliyun.List[aliyun.JobSummary], error) {
			return c.ListOTAJobByFirmware(ctx, of.instance, of.id, page)
		},
		page: b.shown,
		end:  func(firmware, *reading, bool, time.Time) {}, // each page was taken up as it came
	}
	return b
}

// shown takes up the batches of one page.
func (b *batches) shown(of firmware, r *reading, page []aliyun.JobSummary, asOf, now time.Time) {
	for i := range page {
		if !b.w.shown(of, b.listings[of], *page[i].JobID, &page[i], asOf, now) {
			r.over = fmt.Errorf("the account has more than %d discovered batches; no more of them are watched", maxDiscovered)
		}
	}
	b.w.plans.wake()
}

// shown takes up one batch of a list. It says false where there is no room for it.
func (w *watcher) shown(of firmware, l listing, jobID string, in *aliyun.JobSummary, asOf, now time.Time) bool {
	if w.plan.batches[jobID] == nil {
		state := (&State{Target: Target{
			Account: w.account.Name, Region: l.region, Instance: of.instance, JobID: jobID,
			Origin: Discovered, Source: l.source, Counted: w.account.DeviceCounts,
		}}).listed(in, asOf)
		if l.source == "" || w.tooOld(state, now) {
			return true
		}
		if len(w.plan.batches)-len(w.account.Targets) >= maxDiscovered {
			return false
		}
		w.store.Add(state)
		w.plan.put(state)
		w.changed(nil, state)
		level.Info(w.logger).Log("msg", "batch discovered", "job_id", jobID, "firmware_id", of.id, "status", state.Job.Status())
		return true
	}
	before, after := w.store.Update(w.account.Name, jobID, func(s *State) *State { return s.listed(in, asOf).foundBy(l.source) })
	if after != nil && after != before {
		w.plan.put(after)
		w.changed(before, after)
		w.tell(before, after)
	}
	return true
}

// watchFirmwares makes the lists that are read those that the configuration,
// the packages that were found, and the known batches ask for.
func (w *watcher) watchFirmwares(now time.Time) {
	want := make(map[firmware]listing)
	if w.account.BulkStatus {
		for _, b := range w.plan.batches {
			if s := b.state; s.Job != nil && s.Origin == Configured && !s.Job.Ended() && str(s.Job.FirmwareID) != "" {
				want[firmware{s.Instance, *s.Job.FirmwareID}] = listing{region: s.Region}
			}
		}
	}
	for of, ids := range w.packages.found {
		for id := range ids {
			want[firmware{of.instance, id}] = listing{of.region, "product " + of.key}
		}
	}
	for _, d := range w.account.Discover {
		for _, id := range d.Firmwares {
			want[firmware{d.Instance, id}] = listing{d.Region, "firmware " + id}
		}
	}
	w.batches.keep(func(of firmware) bool { _, wanted := want[of]; return wanted })
	w.batches.listings = want
	for of := range want {
		w.batches.rota.add(of, now)
	}
	w.lists.wake()
}
