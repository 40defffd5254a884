package check

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// run checks the configured IDs. Then it makes one call for each other operation that the
// exporter needs, with an ID from an earlier answer.
func (c *liveCheck) run(ctx context.Context) {
	var accounts sync.WaitGroup
	defer accounts.Wait()
	for _, a := range c.accounts {
		accounts.Go(func() {
			a.runLanes(ctx)
			for _, need := range []func(aliyun.Instance){a.needJobList, a.needJob, a.needTasks} {
				if ctx.Err() != nil {
					return
				}
				for _, in := range instances(a.Account) {
					need(in)
				}
				a.runLanes(ctx)
			}
		})
	}
}

// runLanes makes the requests in the queues of all lanes.
func (a *checkedAccount) runLanes(ctx context.Context) {
	var lanes sync.WaitGroup
	defer lanes.Wait()
	for _, l := range a.lanes {
		lanes.Go(func() { l.run(ctx) })
	}
}

// needJobList adds a request for the job list of a related package, if the exporter will list
// jobs and the API knows none of the configured packages.
func (a *checkedAccount) needJobList(in aliyun.Instance) {
	lists := a.of(in, aliyun.OpListOTAJobByFirmware)
	if (len(a.of(in, aliyun.OpListOTAFirmware)) == 0 && !a.BulkStatus && len(lists) == 0) || anyGood(lists) {
		return
	}
	id := cmp.Or(a.related(in, aliyun.OpListOTAFirmware), a.related(in, aliyun.OpQueryOTAJob))
	if id != "" || len(lists) == 0 {
		a.need(in, aliyun.OpListOTAJobByFirmware, "package", id)
	}
}

// needJob adds a request for a related batch, if the API knows none of the configured ones.
func (a *checkedAccount) needJob(in aliyun.Instance) {
	jobs, id := a.of(in, aliyun.OpQueryOTAJob), a.related(in, aliyun.OpListOTAJobByFirmware)
	if !anyGood(jobs) && (id != "" || len(jobs) == 0) {
		a.need(in, aliyun.OpQueryOTAJob, "job", id)
	}
}

// needTasks adds a request for the device tasks of a batch. It prefers a batch that the API
// knows to one whose query failed for a reason that all IDs share.
func (a *checkedAccount) needTasks(in aliyun.Instance) {
	if !a.DeviceCounts {
		return
	}
	jobID := ""
	for _, g := range a.of(in, aliyun.OpQueryOTAJob) {
		jobID = cmp.Or(jobID, g.known)
	}
	for _, g := range a.of(in, aliyun.OpQueryOTAJob) {
		if len(g.failures) > 0 && aliyun.AccountWide(g.failures[0].Error) {
			jobID = cmp.Or(jobID, g.failures[0].id)
		}
	}
	a.need(in, aliyun.OpListOTATaskByJob, "job", jobID)
}

// need adds a group for one ID. "" gives a group without IDs, which only appears in the report.
func (a *checkedAccount) need(in aliyun.Instance, operation, noun, id string) {
	var ids []string
	if id != "" {
		ids = []string{id}
	}
	a.add(in, operation, noun, ids)
}

// of returns the groups of an operation in an instance.
func (a *checkedAccount) of(in aliyun.Instance, operation string) (groups []*group) {
	for _, g := range a.groups {
		if g.instance == in && g.operation == operation {
			groups = append(groups, g)
		}
	}
	return groups
}

// anyGood reports whether the API knows any ID of the groups.
func anyGood(groups []*group) bool {
	return slices.ContainsFunc(groups, func(g *group) bool { return g.good > 0 })
}

// related returns an ID of another kind from the answers of an operation, "" if there is none.
func (a *checkedAccount) related(in aliyun.Instance, operation string) (id string) {
	for _, g := range a.of(in, operation) {
		id = cmp.Or(id, g.related)
	}
	return id
}

// duration returns the time that checking the configured IDs takes if nothing is throttled.
func (c *liveCheck) duration() (longest time.Duration) {
	for _, a := range c.accounts {
		for _, l := range a.lanes {
			longest = max(longest, l.left(0))
		}
	}
	return longest
}

// state returns the text of the progress line.
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
