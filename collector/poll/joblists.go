package poll

import (
	"context"
	"fmt"
	"time"

	"github.com/go-kit/log/level"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

const (
	// maxListedJobs is how many batches of a firmware are read.
	maxListedJobs = 100_000
	// maxDiscovered is how many discovered batches of an account are watched. If all
	// of them are live, or ended within polling.max_age, they need about 100 MiB.
	maxDiscovered = 20_000
)

// listedFor says why the job list of a firmware is read.
type listedFor struct {
	region string
	// foundBy is the configuration entry that discovers the firmware, see
	// [target.Target.FoundBy]; "" if the list is read only for the status of configured
	// batches.
	foundBy string
}

// jobListOperation reads job lists: they show new batches, and keep the status of known
// ones fresh, up to 200 a call.
type jobListOperation struct{ account *account }

func (jobListOperation) id(j aliyun.JobSummary) *string { return j.JobID }

func (jobListOperation) fetch(ctx context.Context, c *aliyun.Client, of target.Firmware, page int) (aliyun.List[aliyun.JobSummary], error) {
	return c.ListOTAJobByFirmware(ctx, of.Instance, of.ID, page)
}

func (o jobListOperation) takePage(of target.Firmware, r *listRead, page []aliyun.JobSummary, asOf, now time.Time) error {
	a := o.account
	full := false
	for i := range page {
		jobID, why := *page[i].JobID, a.wanted[of]
		before := a.store.Get(a.name, jobID)
		switch {
		case before != nil:
			a.update(before, before.ShownByList(&page[i], asOf).WithFoundBy(why.foundBy).WithAnswer(aliyun.OpListOTAJobByFirmware, now, r.requestID, nil))
		case why.foundBy != "":
			full = !a.discover(of, why, &page[i], asOf, now, r.requestID) || full
		}
	}
	if full {
		return fmt.Errorf("the account has more than %d discovered batches; no more of them are watched", maxDiscovered)
	}
	return nil
}

func (jobListOperation) takeEnd(target.Firmware, *listRead, bool, time.Time) {} // each page was taken up as it came

// discover takes up a batch that a job list shows for the first time, unless it ended
// too long ago. It returns false if there is no room for it. a.mu is held.
func (a *account) discover(of target.Firmware, why listedFor, in *aliyun.JobSummary, asOf, now time.Time, requestID string) bool {
	state := (&store.State{Target: target.Target{
		Account: a.name, Region: why.region, Instance: of.Instance, JobID: *in.JobID,
		Origin: target.Discovered, FoundBy: why.foundBy, Counted: a.config.DeviceCounts,
	}}).ShownByList(in, asOf).WithAnswer(aliyun.OpListOTAJobByFirmware, now, requestID, nil)
	if a.tooOld(state, now) {
		return true
	}
	if a.plan.Len()-len(a.config.Targets) >= maxDiscovered {
		return false
	}
	a.update(nil, state)
	level.Info(a.logger).Log("msg", "batch discovered", "job_id", state.JobID, "firmware_id", of.ID, "status", state.Job.Status())
	return true
}

// watchJobLists makes the job lists to read those that the configuration, the firmware
// lists, and the known batches ask for. a.mu is held.
func (a *account) watchJobLists(now time.Time) {
	a.wanted = make(map[target.Firmware]listedFor)
	if a.config.BulkStatus {
		for _, s := range a.store.Account(a.name) {
			if of := statusList(s); of.ID != "" {
				a.wanted[of] = listedFor{region: s.Region}
			}
		}
	}
	for of, ids := range a.firmwares {
		for id := range ids {
			a.wanted[target.Firmware{Instance: of.Instance, ID: id}] = listedFor{of.Region, of.Entry()}
		}
	}
	for _, d := range a.config.Discover {
		for _, id := range d.Firmwares {
			of := target.Firmware{Instance: d.Instance, ID: id}
			a.wanted[of] = listedFor{d.Region, of.Entry()}
		}
	}
	a.jobLists.watch(keys(a.wanted), now)
	a.jobListLane.wake()
}

// statusList returns the firmware whose job list keeps the status of a configured batch
// fresh. Its ID is "" if there is none: the batch has ended, or its firmware is not known.
// s may be nil.
func statusList(s *store.State) target.Firmware {
	if s == nil || s.Origin != target.Configured || s.Job == nil || s.Job.Ended() {
		return target.Firmware{}
	}
	return target.Firmware{Instance: s.Instance, ID: aliyun.Text(s.Job.FirmwareID)}
}

// keys is the set of the keys of a map.
func keys[K comparable, V any](m map[K]V) map[K]bool {
	set := make(map[K]bool, len(m))
	for k := range m {
		set[k] = true
	}
	return set
}
