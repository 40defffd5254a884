package simulator

import (
	"fmt"
	"strings"
	"time"
)

const (
	demoKept  = 5               // rollouts of a line that stay, beside the first
	demoPause = 4 * time.Minute // from the end of a rollout to the next of its line
)

// line is a product of which one version follows another.
type line struct {
	firmware Firmware // of the first rollout
	batch    Batch    // of the first rollout
	version  int      // of the newest rollout; the first is 0
	newest   string   // its job id
	packages []string // ids of all but the first, oldest first
}

// versionName is how the API shows a version.
func (l *line) versionName(n int) string {
	return fmt.Sprintf("%s.%d", strings.TrimSuffix(l.firmware.DestVersion, ".0"), n)
}

// newDemo returns a simulator with two accounts and a fleet in which there is
// always something going on: demoConfig points an exporter at it. Lines of rollouts
// go on for ever; old ones are deleted, so that memory is bounded.
func newDemo(now time.Time) *Simulator {
	s := New()
	s.AddAccount(Account{
		Name:      "production",
		Keys:      []Key{demoKey("production")},
		Instances: []string{demoInstance},
	})
	s.AddAccount(Account{
		Name: "partner",
		Keys: []Key{demoKey("partner")},
		// As if a colleague's script used the account too: it leaves little of the
		// budget, and nothing for 3 s of every 45 s; the first time when all batches
		// have long been asked for.
		Rival: func(t time.Time) int {
			if (t.Sub(now)+25*time.Second)%(45*time.Second) < 3*time.Second {
				return documentedLimit
			}
			return 6
		},
	})
	var lines []*line
	for _, r := range demoFleet(now) {
		s.AddFirmware(r.firmware)
		s.AddBatch(r.batch)
		if r.cancelled > 0 { // earlier than Cancel could
			_ = s.replace(r.batch.JobID, func(v *batch, _ time.Time) { v.cancelled = now.Add(-r.cancelled) })
		}
		if r.uncountable {
			s.Inject(Fault{Operation: "ListOTATaskByJob", JobID: r.batch.JobID, Code: "iot.system.SystemException"})
		}
		if r.line {
			lines = append(lines, &line{firmware: r.firmware, batch: r.batch, newest: r.batch.JobID})
		}
	}
	next := now // once a second is enough
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

// advance starts the next version once the newest rollout has been over for
// demoPause. s.mu is held.
func (l *line) advance(s *Simulator, now time.Time) {
	v := s.batches[l.newest]
	if _, _, end := v.status(now); end.IsZero() || now.Before(end.Add(demoPause)) {
		return
	}
	l.version++
	fw, b := l.firmware, l.batch
	fw.ID = demoFollowUp(fw.ID, l.version)
	fw.DestVersion = l.versionName(l.version)
	fw.Create = now
	b.FirmwareID, b.JobID = fw.ID, demoFollowUp(b.JobID, l.version)
	if len(b.SrcVersions) > 0 {
		b.SrcVersions = []string{l.versionName(l.version - 1)}
	}
	b.Create = now
	if !b.Schedule.IsZero() {
		b.Schedule = now.Add(5 * time.Minute) // the least that the API takes
	}
	s.addFirmware(fw, now)
	s.addBatch(b, now)
	l.newest, l.packages = b.JobID, append(l.packages, fw.ID)
	if len(l.packages) > demoKept {
		s.deleteFirmware(l.packages[0])
		l.packages = l.packages[1:]
	}
}
