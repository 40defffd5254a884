package simulator

import (
	"fmt"
	"slices"
	"time"
)

// AddBatch adds a batch, or replaces the one with the same JobID. The caller may
// change b afterwards, but not what its *bool and the values of Override point to.
func (s *Simulator) AddBatch(b Batch) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.addBatch(b, time.Now())
}

// addBatch needs s.mu held.
func (s *Simulator) addBatch(b Batch, now time.Time) {
	if b.FirmwareID == "" {
		b.FirmwareID = b.JobID + "-package"
	}
	fw := s.packages[b.FirmwareID]
	if fw == nil {
		fw = s.addFirmware(Firmware{
			Account: b.Account, InstanceID: b.InstanceID, ID: b.FirmwareID, Name: "firmware",
			ProductKey: "a19mzPZsim1", DestVersion: "1.0.1", Status: 1, Create: b.Create,
		}, now)
	}
	if old := s.batches[b.JobID]; old != nil && old.FirmwareID != b.FirmwareID {
		was := s.packages[old.FirmwareID]
		was.jobs = slices.DeleteFunc(was.jobs, func(id string) bool { return id == b.JobID })
	}
	if !slices.Contains(fw.jobs, b.JobID) {
		fw.jobs = append(fw.jobs, b.JobID)
	}
	if b.Create.IsZero() {
		b.Create = now
	}
	v := &batch{Batch: b.clone(), fw: fw.Firmware}
	v.revisions = []revision{{since: b.Create, pace: v.Batch.pace()}}
	v.plan()
	s.batches[b.JobID] = v
}

// UpdateBatch changes a batch as UpdateOTAJob does: UtcModified moves, and a new
// push limit, timeout or retry policy applies to devices not yet told of the
// package. Account, JobID, FirmwareID and Create stay whatever change does to them.
// change must not call the Simulator. The only error is an unknown JobID.
func (s *Simulator) UpdateBatch(jobID string, change func(*Batch)) error {
	return s.replace(jobID, func(v *batch, now time.Time) {
		was := v.Batch
		change(&v.Batch)
		v.Account, v.JobID, v.FirmwareID, v.Create = was.Account, was.JobID, was.FirmwareID, was.Create
		v.Batch = v.clone()
		v.updated = now
		if p := v.pace(); p != v.revisions[len(v.revisions)-1].pace {
			v.revisions = append(v.revisions, revision{now, p})
		}
	})
}

// Cancel ends a batch, as CancelOTAStrategyByJob does; with tasks it ends the live
// device tasks too, as CancelOTATaskByJob does. A batch that has not started loses
// its tasks in any case; one that has ended is left as it is. The only error is an
// unknown JobID.
func (s *Simulator) Cancel(jobID string, tasks bool) error {
	return s.replace(jobID, func(v *batch, now time.Time) {
		if _, _, end := v.status(now); !end.IsZero() {
			return
		}
		v.cancelled = now
		v.CancelTasks = v.CancelTasks || tasks
	})
}

// replace puts a changed copy in the place of a batch.
func (s *Simulator) replace(jobID string, change func(*batch, time.Time)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.batches[jobID]
	if old == nil {
		return fmt.Errorf("change batch %s: not there", jobID)
	}
	v := *old
	v.Batch = old.clone()
	v.revisions = slices.Clone(old.revisions)
	change(&v, time.Now())
	v.plan()
	s.batches[jobID] = &v
	return nil
}
