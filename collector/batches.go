package collector

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/go-kit/log/level"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
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

// batches reads the lists of batches: they show new ones, and keep the status
// of known ones fresh, 200 a call.
type batches struct {
	*watcher
	rota     rota[firmware]
	listings map[firmware]listing
	readings map[firmware]*reading
}

func (b *batches) wakeAt() (time.Time, bool) { return b.rota.wakeAt() }

func (b *batches) next(now time.Time) call {
	of, ok := b.rota.next(now)
	if !ok {
		return nil
	}
	r := b.readings[of]
	if r == nil {
		r = &reading{started: now}
		b.readings[of] = r
	}
	client, page := b.client, r.page+1
	return func(ctx context.Context) bool {
		asOf := time.Now()
		list, err := client.ListOTAJobByFirmware(ctx, of.instance, of.id, page)
		if ctx.Err() != nil {
			return false
		}
		return b.took(of, r, asOf, list, asError(err))
	}
}

// took takes up one page.
func (b *batches) took(of firmware, r *reading, asOf time.Time, list aliyun.List[aliyun.JobSummary], failure *aliyun.Error) (throttled bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	switch {
	case b.readings[of] != r: // no longer listed, or taken up again since
	case failure != nil && failure.Class == aliyun.ClassThrottled:
		b.rota.again(of)
		return true
	case failure != nil:
		delete(b.readings, of)
		if t := b.rota.things[of]; t.failures == 0 {
			level.Warn(b.logger).Log("msg", "listing the batches of a package fails", "firmware_id", of.id, "class", failure.Class, "code", failure.Code, "err", failure)
		}
		b.rota.done(of, r.started, now, failure)
	default:
		for i := range list.Entries {
			b.shown(of, b.listings[of], &list.Entries[i], asOf, now)
		}
		b.plans.wake()
		if more, _ := take(r, list, aliyun.JobsPerPage, func(j aliyun.JobSummary) *string { return j.JobID }); more {
			b.rota.again(of)
			break
		}
		delete(b.readings, of)
		b.rota.done(of, r.started, now, nil)
	}
	return false
}

// shown takes up one batch of a list.
func (b *batches) shown(of firmware, l listing, in *aliyun.JobSummary, asOf, now time.Time) {
	if in.JobID == nil || *in.JobID == "" {
		return
	}
	jobID := *in.JobID
	if b.plan.batches[jobID] == nil {
		state := (&State{Target: Target{
			Account: b.account.Name, Region: l.region, Instance: of.instance, JobID: jobID,
			Origin: Discovered, Source: l.source,
		}}).listed(in, asOf)
		if l.source == "" || b.tooOld(state, now) {
			return
		}
		b.store.Add(state)
		b.plan.put(state)
		b.changed(nil, state)
		level.Info(b.logger).Log("msg", "batch discovered", "job_id", jobID, "firmware_id", of.id, "status", state.Job.Status())
		return
	}
	before, after := b.store.Update(b.account.Name, jobID, func(s *State) *State { return s.listed(in, asOf).foundBy(l.source) })
	if after != nil && after != before {
		b.plan.put(after)
		b.changed(before, after)
		b.tell(before, after)
	}
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
	for _, of := range slices.Collect(maps.Keys(w.batches.rota.things)) {
		if _, stays := want[of]; !stays {
			w.batches.rota.remove(of)
			delete(w.batches.readings, of)
		}
	}
	w.batches.listings = want
	for of := range want {
		w.batches.rota.add(of, now)
	}
	w.lists.wake()
}
