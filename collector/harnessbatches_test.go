package collector_test

import (
	"fmt"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
)

const (
	region     = "cn-shanghai"
	productKey = "a19mzPZ0001" // of every package that putPackage makes
)

// instance is one that the simulator answers for; "" is the public one.
func instance(id string) aliyun.Instance {
	return aliyun.Instance{URL: "http://iot.cn-shanghai.aliyuncs.com", ID: id}
}

// put puts a batch into the simulator, as jobID if it has no other id. Nothing
// watches it yet.
func (h *harness) put(b simulator.Batch) simulator.Batch {
	b.Account = "main"
	if b.JobID == "" {
		b.JobID = jobID
	}
	h.sim.AddBatch(b)
	return b
}

// putRunning puts batches of a package that stay IN_PROGRESS. To put one again
// under another package takes it out of its list.
func (h *harness) putRunning(firmwareID string, jobIDs ...string) {
	for _, id := range jobIDs {
		h.put(simulator.Batch{FirmwareID: firmwareID, JobID: id, Status: aliyun.StatusInProgress, Start: time.Now()})
	}
}

// putPackage puts a package of productKey with such batches.
func (h *harness) putPackage(firmwareID string, jobIDs ...string) {
	h.sim.AddFirmware(simulator.Firmware{Account: "main", ID: firmwareID, ProductKey: productKey, Name: "firmware", DestVersion: "2"})
	h.putRunning(firmwareID, jobIDs...)
}

// update changes a batch of the simulator.
func (h *harness) update(jobID string, change func(b *simulator.Batch)) {
	h.t.Helper()
	if err := h.sim.UpdateBatch(jobID, change); err != nil {
		h.t.Fatal(err)
	}
}

// cancel cancels a batch; tasks says whether its devices stop too.
func (h *harness) cancel(jobID string, tasks bool) {
	h.t.Helper()
	if err := h.sim.Cancel(jobID, tasks); err != nil {
		h.t.Fatal(err)
	}
}

// add puts a batch and watches it.
func (h *harness) add(b simulator.Batch) {
	b = h.put(b)
	h.account().Watch(region, instance(b.InstanceID), []string{b.JobID}, nil, nil)
	h.apply()
}

// addByList puts a batch and watches it by the list of its package.
func (h *harness) addByList(b simulator.Batch) {
	b = h.put(b)
	h.discover(nil, []string{b.FirmwareID})
	h.apply()
}

// configure adds batches of the public instance to the configuration.
func (h *harness) configure(jobIDs ...string) {
	h.account().Watch(region, instance(""), jobIDs, nil, nil)
}

// watch is configure and apply.
func (h *harness) watch(jobIDs ...string) {
	h.configure(jobIDs...)
	h.apply()
}

// discover adds to what is discovered in the public instance.
func (h *harness) discover(products, firmwares []string) {
	h.account().Watch(region, instance(""), nil, products, firmwares)
}

// configureRunning puts n batches that stay IN_PROGRESS, job-0000 and so on, and
// configures them.
func (h *harness) configureRunning(n int) {
	ids := numbered("job", n)
	h.putRunning("fw-1", ids...)
	h.configure(ids...)
}

// configureOrdinary puts ordinary batches of a package and configures them.
func (h *harness) configureOrdinary(firmwareID string, jobIDs ...string) {
	for _, id := range jobIDs {
		b := ordinary(time.Now())
		b.FirmwareID, b.JobID = firmwareID, id
		h.put(b)
	}
	h.configure(jobIDs...)
}

// countDevices turns device_counts on.
func (h *harness) countDevices() { h.account().DeviceCounts = true }

// bulkStatus turns bulk_status on.
func (h *harness) bulkStatus() { h.account().BulkStatus = true }

// numbered are n names with a prefix, in alphabetical order.
func numbered(prefix string, n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("%s-%04d", prefix, i)
	}
	return names
}

// ordinary is a static batch with every setting that began an hour before now. It
// runs for ever, as all its devices are offline.
func ordinary(now time.Time) simulator.Batch {
	return simulator.Batch{
		FirmwareID:       "Ufuxnwygsuffc6LQ0001",
		Desc:             "nightly",
		OverwriteMode:    1,
		MaximumPerMinute: 1000,
		Retry:            &simulator.Retry{Count: 2, Interval: 10},
		TimeoutInMinutes: 60,
		SrcVersions:      []string{"1.0.0"},
		Tags:             []simulator.Tag{{Key: "owner", Value: "cold-chain"}},
		NeedPush:         new(true),
		NeedConfirm:      new(false),
		MultiModuleMode:  new(false),
		DownloadProtocol: "HTTPS",
		Create:           now.Add(-time.Hour),
		Devices:          simulator.Devices{Count: 10, Offline: 1},
	}
}
