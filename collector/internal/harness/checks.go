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

// CheckLive returns the output of --config.check-live for the configuration of the harness.
func (h *Harness) CheckLive() (out string, err error) {
	var b bytes.Buffer
	err = check.Live(h.T.Context(), &b, nil, func() (target.Setup, error) { return h.Setup, nil }, h.Options)
	return b.String(), err
}

// Counts returns the values of job_devices of JobID by task_status.
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

// Sum returns the sum of the counts of all statuses.
func Sum(counts map[string]int) (n int) {
	for _, c := range counts {
		n += c
	}
	return n
}

// PutProduct adds a package of a product with one batch to an instance.
func (h *Harness) PutProduct(instanceID, productKey, firmwareID, jobID string) {
	h.Sim.AddFirmware(fleet.Firmware{Account: "main", InstanceID: instanceID, ID: firmwareID, ProductKey: productKey})
	h.Put(fleet.Batch{InstanceID: instanceID, FirmwareID: firmwareID, JobID: jobID, Status: aliyun.StatusInProgress, Start: time.Now()})
}

// ListsFailing returns the series that counts the lists of an operation that cannot be read.
func ListsFailing(operation string) string {
	return fmt.Sprintf(`discovery_lists_failing{account="production",operation=%q}`, operation)
}
