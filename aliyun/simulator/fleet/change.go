package fleet

import (
	"fmt"
	"slices"
	"time"
)

// AddBatch adds a batch, or replaces the one with the same JobID. The caller may change b
// afterwards, but not the targets of its *bool fields and of the values of Override.
func (f *Fleet) AddBatch(b Batch) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := time.Now()
	if b.FirmwareID == "" {
		b.FirmwareID = b.JobID + "-package"
	}
	fw := f.packages[b.FirmwareID]
	if fw == nil {
		fw = f.addFirmware(Firmware{
			Account: b.Account, InstanceID: b.InstanceID, ID: b.FirmwareID, Name: "firmware",
			ProductKey: "a19mzPZsim1", DestVersion: "1.0.1", Status: 1, Create: b.Create,
		}, now)
	}
	if old := f.jobs[b.JobID]; old != nil && old.FirmwareID != b.FirmwareID {
		was := f.packages[old.FirmwareID]
		was.jobs = slices.DeleteFunc(was.jobs, func(id string) bool { return id == b.JobID })
	}
	if !slices.Contains(fw.jobs, b.JobID) {
		fw.jobs = append(fw.jobs, b.JobID)
	}
	if b.Create.IsZero() {
		b.Create = now
	}
	b.Account, b.InstanceID = fw.Account, fw.InstanceID
	v := &Job{Batch: b.clone(), fw: fw.Firmware}
	v.revisions = []revision{{since: b.Create, pace: v.Batch.pace()}}
	v.plan()
	f.jobs[b.JobID] = v
}

// UpdateBatch changes a batch as UpdateOTAJob does: it sets UtcModified, and a new push
// limit, timeout or retry policy applies to devices to which the package was not pushed
// yet. It ignores changes of Account, InstanceID, JobID, FirmwareID and Create. change
// is called again if another goroutine changes the batch at the same time. The only
// error is an unknown JobID.
func (f *Fleet) UpdateBatch(jobID string, change func(*Batch)) error {
	return f.replace(jobID, func(v *Job, now time.Time) {
		was := v.Batch
		change(&v.Batch)
		v.Account, v.InstanceID, v.JobID, v.FirmwareID, v.Create = was.Account, was.InstanceID, was.JobID, was.FirmwareID, was.Create
		v.Batch = v.clone()
		v.updated = now
		if p := v.pace(); p != v.revisions[len(v.revisions)-1].pace {
			v.revisions = append(v.revisions, revision{now, p})
		}
	})
}

// Cancel cancels a batch, as CancelOTAStrategyByJob does. With tasks it cancels the device
// tasks that have not ended too, as CancelOTATaskByJob does; it always does so if the
// batch has not started. It does not change a batch that has ended. The only error is an
// unknown JobID.
func (f *Fleet) Cancel(jobID string, tasks bool) error {
	return f.replace(jobID, func(v *Job, now time.Time) {
		if _, _, end := v.StatusAt(now); !end.IsZero() {
			return
		}
		v.Cancelled = now
		v.CancelTasks = v.CancelTasks || tasks
	})
}

// replace replaces a batch by a changed copy. It calls change without a lock, and again if
// the batch has changed meanwhile.
func (f *Fleet) replace(jobID string, change func(*Job, time.Time)) error {
	for {
		old := f.Job(jobID)
		if old == nil {
			return fmt.Errorf("change batch %s: not found", jobID)
		}
		v := *old
		v.Batch = old.clone()
		v.revisions = slices.Clone(old.revisions)
		change(&v, time.Now())
		v.plan()
		if f.swap(old, &v) {
			return nil
		}
	}
}

// swap replaces a version of a batch by another one, if it is still the current version.
func (f *Fleet) swap(old, next *Job) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.jobs[old.JobID] != old {
		return false
	}
	f.jobs[old.JobID] = next
	return true
}
