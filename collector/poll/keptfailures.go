package poll

import (
	"slices"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
)

const (
	// maxKeptFailures is how many failed devices of an account are kept without a limit but
	// that of a batch, [store.MaxFailed]. They need about 7 MiB.
	maxKeptFailures = 50_000
	// fewFailures is how many of a batch are kept beyond that: with the most batches that
	// an account can discover, 28 MiB.
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
