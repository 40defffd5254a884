package check

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// run asks for the configured ids, then makes one call for each operation that is needed
// beside them, with what the answers before led to.
func (c *liveCheck) run(ctx context.Context) {
	var accounts sync.WaitGroup
	defer accounts.Wait()
	for _, a := range c.accounts {
		accounts.Go(func() {
			a.ask(ctx)
			for _, needed := range []func(aliyun.Instance){a.needBatches, a.needJob, a.needTasks} {
				if ctx.Err() != nil {
					return
				}
				for _, in := range instances(a.Account) {
					needed(in)
				}
				a.ask(ctx)
			}
		})
	}
}

// ask empties the queues of all lanes.
func (a *checkedAccount) ask(ctx context.Context) {
	var lanes sync.WaitGroup
	defer lanes.Wait()
	for _, l := range a.lanes {
		lanes.Go(func() { l.run(ctx) })
	}
}

// needBatches asks for the batches of a package that was found if the exporter will have
// to and no configured one is known.
func (a *checkedAccount) needBatches(in aliyun.Instance) {
	lists := a.of(in, aliyun.OpListOTAJobByFirmware)
	if (len(a.of(in, aliyun.OpListOTAFirmware)) == 0 && !a.BulkStatus && len(lists) == 0) || anyGood(lists) {
		return
	}
	id := cmp.Or(a.found(in, aliyun.OpListOTAFirmware), a.found(in, aliyun.OpQueryOTAJob))
	if id != "" || len(lists) == 0 {
		a.need(in, aliyun.OpListOTAJobByFirmware, "package", id)
	}
}

// needJob asks for a batch that was found if no configured one is known.
func (a *checkedAccount) needJob(in aliyun.Instance) {
	jobs, id := a.of(in, aliyun.OpQueryOTAJob), a.found(in, aliyun.OpListOTAJobByFirmware)
	if !anyGood(jobs) && (id != "" || len(jobs) == 0) {
		a.need(in, aliyun.OpQueryOTAJob, "job", id)
	}
}

// needTasks asks for the devices of a batch. One that could not be asked for, for a
// reason that is not its own, will do.
func (a *checkedAccount) needTasks(in aliyun.Instance) {
	if !a.DeviceCounts {
		return
	}
	jobID := ""
	for _, g := range a.of(in, aliyun.OpQueryOTAJob) {
		jobID = cmp.Or(jobID, g.answered)
	}
	for _, g := range a.of(in, aliyun.OpQueryOTAJob) {
		if len(g.failures) > 0 && aliyun.AccountWide(g.failures[0].Error) {
			jobID = cmp.Or(jobID, g.failures[0].id)
		}
	}
	a.need(in, aliyun.OpListOTATaskByJob, "job", jobID)
}

// need adds a group of one id that was found, or of none: there is nothing to ask for yet.
func (a *checkedAccount) need(in aliyun.Instance, operation, noun, id string) {
	var ids []string
	if id != "" {
		ids = []string{id}
	}
	a.add(in, operation, noun, ids)
}

// of are the groups of an operation and instance.
func (a *checkedAccount) of(in aliyun.Instance, operation string) (groups []*checkGroup) {
	for _, g := range a.groups {
		if g.instance == in && g.operation == operation {
			groups = append(groups, g)
		}
	}
	return groups
}

// anyGood says whether the API knows one of the ids.
func anyGood(groups []*checkGroup) bool {
	return slices.ContainsFunc(groups, func(g *checkGroup) bool { return g.good > 0 })
}

// found is what the answers of an operation lead to; "" is nothing.
func (a *checkedAccount) found(in aliyun.Instance, operation string) (id string) {
	for _, g := range a.of(in, operation) {
		id = cmp.Or(id, g.found)
	}
	return id
}

// duration is how long the configured ids take if nothing is throttled.
func (c *liveCheck) duration() (longest time.Duration) {
	for _, a := range c.accounts {
		for _, l := range a.lanes {
			longest = max(longest, l.left(0))
		}
	}
	return longest
}

// state is the line of the progress.
func (c *liveCheck) state() string {
	done, failed, left := 0, 0, time.Duration(0)
	for _, a := range c.accounts {
		for _, l := range a.lanes {
			left = max(left, l.left(time.Since(c.started)))
			l.mu.Lock()
			done, failed = done+l.done, failed+l.failed
			l.mu.Unlock()
		}
	}
	return progressText(done, c.total, failed, left)
}
