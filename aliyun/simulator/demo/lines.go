package demo

import (
	"fmt"
	"strings"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
)

const (
	kept  = 5               // rollouts of a line that are kept, in addition to the first
	pause = 4 * time.Minute // from the end of a rollout to the next of its line
)

// line is a series of rollouts of one product, each with the next version.
type line struct {
	firmware fleet.Firmware // of the first rollout
	batch    fleet.Batch    // of the first rollout
	version  int            // of the newest rollout; the first is 0
	newest   string         // its job id
	packages []string       // ids of all but the first, oldest first
}

// versionName returns the DestVersion of the n-th rollout.
func (l *line) versionName(n int) string {
	return fmt.Sprintf("%s.%d", strings.TrimSuffix(l.firmware.DestVersion, ".0"), n)
}

// advance starts the next rollout if the newest one ended at least pause ago.
func (l *line) advance(f *fleet.Fleet, now time.Time) {
	if _, _, end := f.Job(l.newest).StatusAt(now); end.IsZero() || now.Before(end.Add(pause)) {
		return
	}
	l.version++
	fw, b := l.firmware, l.batch
	fw.ID = followUp(fw.ID, l.version)
	fw.DestVersion = l.versionName(l.version)
	fw.Create = now
	b.FirmwareID, b.JobID = fw.ID, followUp(b.JobID, l.version)
	if len(b.SrcVersions) > 0 {
		b.SrcVersions = []string{l.versionName(l.version - 1)}
	}
	b.Create = now
	if !b.Schedule.IsZero() {
		b.Schedule = now.Add(5 * time.Minute) // the least that the API takes
	}
	f.AddFirmware(fw)
	f.AddBatch(b)
	l.newest, l.packages = b.JobID, append(l.packages, fw.ID)
	if len(l.packages) > kept {
		f.DeleteFirmware(l.packages[0])
		l.packages = l.packages[1:]
	}
}
