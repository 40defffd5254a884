package poll

import (
	"fmt"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// An account with very many failed devices keeps fewer of each batch, and all of them again
// once others have gone. No batch loses devices to another one.
func TestKeptFailures(t *testing.T) {
	kept := keptFailures{byJob: make(map[string]int)}
	states := make(map[string]*store.State)
	count := func(jobID string, failed int) int {
		s := &store.State{Target: target.Target{JobID: jobID}}
		s.Devices = &store.DeviceCounts{Failed: kept.cut(jobID, make([]store.FailedDevice, failed))}
		kept.note(s)
		states[jobID] = s
		return len(s.Devices.Failed)
	}
	for round := range 3 {
		whole := 0
		for i := range 600 {
			switch n := count(fmt.Sprint("job-", i), aliyun.TasksPerPage); {
			case n == aliyun.TasksPerPage:
				whole++
			case n != fewFailures:
				t.Fatalf("%d devices of a batch are kept", n)
			}
		}
		if kept.all > maxKeptFailures+100*fewFailures || whole < 480 || whole > 500 {
			t.Errorf("round %d: %d devices are kept, of %d batches all", round, kept.all, whole)
		}
	}
	before := len(states["job-0"].Devices.Failed)
	if got := count("another", aliyun.TasksPerPage); got != fewFailures || len(states["job-0"].Devices.Failed) != before {
		t.Errorf("%d devices of one more batch are kept", got)
	}
	if got := count("few", 7); got != 7 {
		t.Errorf("%d of 7 devices are kept", got)
	}
	for jobID := range states {
		if jobID != "another" {
			kept.forget(jobID)
		}
	}
	if kept.all != fewFailures {
		t.Errorf("%d devices are kept, want %d", kept.all, fewFailures)
	}
	if got := count("another", aliyun.TasksPerPage); got != aliyun.TasksPerPage {
		t.Errorf("%d devices are kept when there is room", got)
	}
	kept.note(&store.State{Target: target.Target{JobID: "another"}}) // the batch is gone
	if kept.all != 0 || len(kept.byJob) != 0 {
		t.Errorf("%d devices are kept of batches that are gone: %v", kept.all, kept.byJob)
	}
}
