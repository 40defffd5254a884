package harness

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/check"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// CheckLive is what --config.check-live writes about the configuration of a harness.
func (h *Harness) CheckLive() (out string, err error) {
	var b bytes.Buffer
	err = check.Live(h.T.Context(), &b, nil, func() (target.Setup, error) { return h.Setup, nil }, h.Options)
	return b.String(), err
}

// Counts are job_devices of jobID by task_status.
func (h *Harness) Counts() map[string]int {
	h.T.Helper()
	counts := make(map[string]int)
	for line := range strings.Lines(h.Jobs()) {
		var n float64
		if _, after, ok := strings.Cut(line, `job_devices{account="production",job_id="`+JobID+`",task_status="`); ok {
			status, value, _ := strings.Cut(after, `"} `)
			if _, err := fmt.Sscan(value, &n); err != nil {
				h.T.Fatal(err)
			}
			counts[status] = int(n)
		}
	}
	return counts
}

// Sum adds up the counts of all states.
func Sum(counts map[string]int) (n int) {
	for _, c := range counts {
		n += c
	}
	return n
}

// PutProduct puts a package of a product in an instance, with one batch.
func (h *Harness) PutProduct(instanceID, productKey, firmwareID, jobID string) {
	h.Sim.AddFirmware(fleet.Firmware{Account: "main", InstanceID: instanceID, ID: firmwareID, ProductKey: productKey})
	h.Put(fleet.Batch{InstanceID: instanceID, FirmwareID: firmwareID, JobID: jobID, Status: aliyun.StatusInProgress, Start: time.Now()})
}

// ListsFailing is the metric that counts the lists of an operation that cannot be read.
func ListsFailing(operation string) string {
	return fmt.Sprintf(`discovery_lists_failing{account="production",operation=%q}`, operation)
}
