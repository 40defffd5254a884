package poll

import (
	"context"
	"fmt"
	"time"

	"github.com/go-kit/log/level"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/schedule"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

const (
	// maxBatches is how many batches of a package are read.
	maxBatches = 100_000
	// maxDiscovered is how many discovered batches of an account are watched. All
	// that run, or ended within polling.max_age, need about 100 MiB then.
	maxDiscovered = 20_000
)

// listing is why and for whom the batches of a package are listed.
type listing struct {
	region string
	// source is the entry of the configuration that discovers the package,
	// "" where it is listed for the status of configured batches only.
	source string
}

// batches reads the lists of batches: they show new ones, and keep the status
// of known ones fresh, 200 a call.
type batches struct {
	lister[target.Firmware, aliyun.JobSummary]
	listings map[target.Firmware]listing
}

func newBatches(w *watcher) *batches {
	b := &batches{}
	b.lister = lister[target.Firmware, aliyun.JobSummary]{
		w: w, readings: make(map[target.Firmware]*schedule.Reading), pages: make(map[target.Firmware]int),
		operation: aliyun.OpListOTAJobByFirmware, perPage: aliyun.JobsPerPage, most: maxBatches,
		id: func(j aliyun.JobSummary) *string { return j.JobID },
		fetch: func(ctx context.Context, c *aliyun.Client, of target.Firmware, page int) (aliyun.List[aliyun.JobSummary], error) {
			return c.ListOTAJobByFirmware(ctx, of.Instance, of.ID, page)
		},
		page: b.shown,
		end:  func(target.Firmware, *schedule.Reading, bool, time.Time) {}, // each page was taken up as it came
	}
	return b
}

// shown takes up the batches of one page.
func (b *batches) shown(of target.Firmware, r *schedule.Reading, page []aliyun.JobSummary, asOf, now time.Time) {
	for i := range page {
		if !b.w.shown(of, b.listings[of], *page[i].JobID, &page[i], asOf, now) {
			r.Over = fmt.Errorf("the account has more than %d discovered batches; no more of them are watched", maxDiscovered)
		}
	}
	b.w.plans.wake()
}

// shown takes up one batch of a list. It says false where there is no room for it.
func (w *watcher) shown(of target.Firmware, l listing, jobID string, in *aliyun.JobSummary, asOf, now time.Time) bool {
	if w.plan.Batches[jobID] == nil {
		state := (&store.State{Target: target.Target{
			Account: w.account.Name, Region: l.region, Instance: of.Instance, JobID: jobID,
			Origin: target.Discovered, Source: l.source, Counted: w.account.DeviceCounts,
		}}).ShownByList(in, asOf)
		if l.source == "" || w.tooOld(state, now) {
			return true
		}
		if len(w.plan.Batches)-len(w.account.Targets) >= maxDiscovered {
			return false
		}
		w.store.Add(state)
		w.plan.Put(state)
		w.changed(nil, state)
		level.Info(w.logger).Log("msg", "batch discovered", "job_id", jobID, "firmware_id", of.ID, "status", state.Job.Status())
		return true
	}
	before, after := w.store.Update(w.account.Name, jobID, func(s *store.State) *store.State { return s.ShownByList(in, asOf).FoundBy(l.source) })
	if after != nil && after != before {
		w.plan.Put(after)
		w.changed(before, after)
		w.tell(before, after)
	}
	return true
}

// watchFirmwares makes the lists that are read those that the configuration,
// the packages that were found, and the known batches ask for.
func (w *watcher) watchFirmwares(now time.Time) {
	want := make(map[target.Firmware]listing)
	if w.account.BulkStatus {
		for _, b := range w.plan.Batches {
			if s := b.State; s.Job != nil && s.Origin == target.Configured && !s.Job.Ended() && aliyun.Text(s.Job.FirmwareID) != "" {
				want[target.Firmware{Instance: s.Instance, ID: *s.Job.FirmwareID}] = listing{region: s.Region}
			}
		}
	}
	for of, ids := range w.packages.found {
		for id := range ids {
			want[target.Firmware{Instance: of.Instance, ID: id}] = listing{of.Region, "product " + of.Key}
		}
	}
	for _, d := range w.account.Discover {
		for _, id := range d.Firmwares {
			want[target.Firmware{Instance: d.Instance, ID: id}] = listing{d.Region, "firmware " + id}
		}
	}
	w.batches.keep(func(of target.Firmware) bool { _, wanted := want[of]; return wanted })
	w.batches.listings = want
	for of := range want {
		w.batches.rota.Add(of, now)
	}
	w.lists.wake()
}
