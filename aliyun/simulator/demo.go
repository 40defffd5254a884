package simulator

import (
	"fmt"
	"strings"
	"time"
)

const (
	demoKept  = 5 // finished rollouts of a line that stay, beside the first
	demoPause = 4 * time.Minute
)

// line is a product whose next version follows some minutes after the last.
type line struct {
	firmware Firmware // of the first rollout
	batch    Batch
	version  int
	jobs     []string // follow-ups only
	packages []string
}

// named is the version number of the n-th rollout; the first is 0.
func (l *line) named(n int) string {
	return fmt.Sprintf("%s.%d", strings.TrimSuffix(l.firmware.DestVersion, ".0"), n)
}

// NewDemo returns a simulator with two accounts and a fleet in which there is
// always something going on: DemoConfig points an exporter at it. Lines of rollouts
// go on for ever; old ones are deleted, so that memory is bounded.
func NewDemo(now time.Time) *Simulator {
	s := New()
	s.AddAccount(Account{
		Name:      "production",
		Keys:      []Key{{ID: demoKeyID("production"), Secret: demoSecret("production")}},
		Instances: []string{demoInstance},
	})
	s.AddAccount(Account{
		Name: "partner",
		Keys: []Key{{ID: demoKeyID("partner"), Secret: demoSecret("partner")}},
		// A script of a colleague in the same account: it leaves little of the budget,
		// and nothing for 3 s of every 45 s.
		Rival: func(t time.Time) int {
			if t.Unix()%45 < 3 {
				return documentedLimit
			}
			return 6
		},
	})
	var lines []*line
	for _, r := range demoFleet(now) {
		s.AddFirmware(r.firmware)
		s.AddBatch(r.batch)
		if r.cancelled > 0 {
			s.cancelledAt(r.batch.JobID, now.Add(-r.cancelled))
		}
		if r.line {
			lines = append(lines, &line{firmware: r.firmware, batch: r.batch})
		}
	}
	next := now
	s.tick = func(now time.Time) {
		if now.Before(next) {
			return
		}
		next = now.Add(time.Second)
		for _, l := range lines {
			l.advance(s, now)
		}
	}
	return s
}

// cancelledAt cancels a batch in the past.
func (s *Simulator) cancelledAt(jobID string, at time.Time) {
	_ = s.replace(jobID, func(v *batch, _ time.Time) { v.cancelled = at }) // it was just added
}

// advance starts the next version once the last rollout has been over for
// demoPause. s.mu is held.
func (l *line) advance(s *Simulator, now time.Time) {
	running := l.batch.JobID
	if len(l.jobs) > 0 {
		running = l.jobs[len(l.jobs)-1]
	}
	v := s.batches[running]
	if v == nil {
		return // deleted from outside
	}
	if _, _, end := v.status(now); end.IsZero() || now.Before(end.Add(demoPause)) {
		return
	}
	l.version++
	fw, b := l.firmware, l.batch
	fw.ID = fmt.Sprintf("%s%04d", l.firmware.ID[:22], l.version)
	fw.SrcVersion = ""
	fw.DestVersion = l.named(l.version)
	fw.Create = now
	b.FirmwareID, b.JobID = fw.ID, fmt.Sprintf("%s%04d", l.batch.JobID[:22], l.version)
	b.SrcVersions = []string{l.named(l.version - 1)}
	b.Create, b.Start, b.End = now, time.Time{}, time.Time{}
	if !l.batch.Schedule.IsZero() {
		b.Schedule = now.Add(2 * time.Minute)
		b.ScheduleFinish = time.Time{}
	}
	s.addFirmware(fw, now)
	s.addBatch(b, now)
	l.jobs, l.packages = append(l.jobs, b.JobID), append(l.packages, fw.ID)
	if len(l.jobs) > demoKept {
		s.deleteFirmware(l.packages[0])
		l.jobs, l.packages = l.jobs[1:], l.packages[1:]
	}
}
