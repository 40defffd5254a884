package poll

import (
	"slices"
	"strings"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/printable"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/reason"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
)

// failures says why devices failed. tasks is a page of tasks, of which only those that are
// FAILED are read; failed is how many there are in all. The reasons add up to failed.
func failures(tasks []aliyun.Task, failed int, rules reason.Rules) (reasons map[string]int, devices []store.FailedDevice) {
	if failed == 0 {
		return nil, nil
	}
	reasons, devices = make(map[string]int), make([]store.FailedDevice, 0, min(failed, len(tasks)))
	texts := make(map[string]string) // equal texts of many devices share their memory
	shared := func(s *string) string {
		text := aliyun.Text(s)
		if _, ok := texts[text]; !ok {
			texts[text] = printable.Cut(printable.Text(text), reason.MaxText)
		}
		return texts[text]
	}
	known := make(map[[2]string]string) // reasons
	for i := range tasks {
		t := &tasks[i]
		if aliyun.Text(t.TaskStatus) != aliyun.TaskFailed || len(devices) == failed {
			continue
		}
		d := store.FailedDevice{
			Name: printable.Text(aliyun.Text(t.DeviceName)), Text: shared(t.TaskDesc),
			SrcVersion: shared(t.SrcVersion), DestVersion: shared(t.DestVersion),
		}
		progress := shared(t.Progress)
		if strings.TrimSpace(d.Text) == "" && strings.HasPrefix(progress, "-") {
			d.Text = progress // the step that failed is all that is known
		}
		said := [2]string{d.Text, progress}
		if _, ok := known[said]; !ok {
			known[said] = rules.Of(d.Text, progress)
		}
		d.Reason = known[said]
		if t.UtcModified != nil {
			d.At = *t.UtcModified
		}
		devices = append(devices, d)
		reasons[d.Reason]++
	}
	if unread := failed - len(devices); unread > 0 {
		reasons[reason.Unread] = unread
	}
	return reasons, devices
}

const (
	// maxKeptFailures is how many failed devices of an account are kept before the number for
	// each batch is limited. They need about 7 MiB.
	maxKeptFailures = 50_000
	// fewFailures is that limit: with the most batches that an account can discover, 28 MiB.
	fewFailures = 10
)

// keptFailures counts the failed devices that are in the states of an account. The zero
// value is not usable. The lock of the account guards it.
type keptFailures struct {
	byJob map[string]int
	all   int
}

// note takes up the state of a batch.
func (k *keptFailures) note(s *store.State) {
	n := 0
	if s.Devices != nil {
		n = len(s.Devices.Failed)
	}
	if n == 0 {
		k.forget(s.JobID)
		return
	}
	k.all += n - k.byJob[s.JobID]
	k.byJob[s.JobID] = n
}

// forget takes up that nothing is kept of a batch any more.
func (k *keptFailures) forget(jobID string) {
	k.all -= k.byJob[jobID]
	delete(k.byJob, jobID)
}

// cut returns those of the failed devices of a batch that can be kept.
func (k *keptFailures) cut(jobID string, devices []store.FailedDevice) []store.FailedDevice {
	if k.all-k.byJob[jobID]+len(devices) <= maxKeptFailures || len(devices) <= fewFailures {
		return devices
	}
	return slices.Clone(devices[:fewFailures])
}
