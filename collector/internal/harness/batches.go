package harness

import (
	"fmt"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
)

const (
	Region     = "cn-shanghai"
	ProductKey = "a19mzPZ0001" // of every package that putPackage makes
)

// Instance returns an instance of the simulator. The public instance has the id "".
func Instance(id string) aliyun.Instance {
	return aliyun.Instance{URL: "http://iot.cn-shanghai.aliyuncs.com", ID: id}
}

// Put adds a batch to the simulator. Its id is JobID if it has none. The batch is not watched
// yet.
func (h *Harness) Put(b fleet.Batch) fleet.Batch {
	b.Account = "main"
	if b.JobID == "" {
		b.JobID = JobID
	}
	h.Sim.AddBatch(b)
	return b
}

// PutRunning adds batches of a package that stay IN_PROGRESS to the simulator. A batch that
// is added again with another package moves to the list of that package.
func (h *Harness) PutRunning(firmwareID string, jobIDs ...string) {
	for _, id := range jobIDs {
		h.Put(fleet.Batch{FirmwareID: firmwareID, JobID: id, Status: aliyun.StatusInProgress, Start: time.Now()})
	}
}

// PutPackage adds a package of a product with batches that stay IN_PROGRESS.
func (h *Harness) PutPackage(firmwareID string, jobIDs ...string) {
	h.Sim.AddFirmware(fleet.Firmware{Account: "main", ID: firmwareID, ProductKey: ProductKey, Name: "firmware", DestVersion: "2"})
	h.PutRunning(firmwareID, jobIDs...)
}

// PutProduct adds a package of a product with one batch to an instance.
func (h *Harness) PutProduct(instanceID, productKey, firmwareID, jobID string) {
	h.Sim.AddFirmware(fleet.Firmware{Account: "main", InstanceID: instanceID, ID: firmwareID, ProductKey: productKey})
	h.Put(fleet.Batch{InstanceID: instanceID, FirmwareID: firmwareID, JobID: jobID, Status: aliyun.StatusInProgress, Start: time.Now()})
}

// Update changes a batch of the simulator.
func (h *Harness) Update(jobID string, change func(b *fleet.Batch)) {
	h.T.Helper()
	if err := h.Sim.UpdateBatch(jobID, change); err != nil {
		h.T.Fatal(err)
	}
}

// Cancel cancels a batch, and the tasks of its devices too if tasks is set.
func (h *Harness) Cancel(jobID string, tasks bool) {
	h.T.Helper()
	if err := h.Sim.Cancel(jobID, tasks); err != nil {
		h.T.Fatal(err)
	}
}

// Add adds a batch to the simulator and watches it.
func (h *Harness) Add(b fleet.Batch) {
	b = h.Put(b)
	h.Account().Watch(Region, Instance(b.InstanceID), []string{b.JobID}, nil, nil)
	h.Apply()
}

// AddByList adds a batch to the simulator and watches it by the job list of its package.
func (h *Harness) AddByList(b fleet.Batch) {
	b = h.Put(b)
	h.Discover(nil, []string{b.FirmwareID})
	h.Apply()
}

// Configure adds batches of the public instance to the configuration.
func (h *Harness) Configure(jobIDs ...string) {
	h.Account().Watch(Region, Instance(""), jobIDs, nil, nil)
}

// Watch calls Configure and Apply.
func (h *Harness) Watch(jobIDs ...string) {
	h.Configure(jobIDs...)
	h.Apply()
}

// Discover adds to the discovery of the public instance.
func (h *Harness) Discover(products, firmwares []string) {
	h.Account().Watch(Region, Instance(""), nil, products, firmwares)
}

// ConfigureRunning adds n batches that stay IN_PROGRESS, job-0000 and so on, to the simulator
// and to the configuration.
func (h *Harness) ConfigureRunning(n int) {
	ids := Numbered("job", n)
	h.PutRunning("fw-1", ids...)
	h.Configure(ids...)
}

// ConfigureOrdinary adds ordinary batches of a package to the simulator and to the
// configuration.
func (h *Harness) ConfigureOrdinary(firmwareID string, jobIDs ...string) {
	for _, id := range jobIDs {
		b := Ordinary(time.Now())
		b.FirmwareID, b.JobID = firmwareID, id
		h.Put(b)
	}
	h.Configure(jobIDs...)
}

// CountDevices turns device_counts on.
func (h *Harness) CountDevices() { h.Account().DeviceCounts = true }

// BulkStatus turns bulk_status on.
func (h *Harness) BulkStatus() { h.Account().BulkStatus = true }

// Numbered returns n names with a prefix, in alphabetical order.
func Numbered(prefix string, n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("%s-%04d", prefix, i)
	}
	return names
}

// Ordinary returns a static batch with all settings, which began an hour ago. It never ends,
// because all of its devices are offline.
func Ordinary(now time.Time) fleet.Batch {
	return fleet.Batch{
		FirmwareID:       "Ufuxnwygsuffc6LQ0001",
		Desc:             "nightly",
		OverwriteMode:    1,
		MaximumPerMinute: 1000,
		Retry:            &fleet.Retry{Count: 2, Interval: 10},
		TimeoutInMinutes: 60,
		SrcVersions:      []string{"1.0.0"},
		Tags:             []fleet.Tag{{Key: "owner", Value: "cold-chain"}},
		NeedPush:         new(true),
		NeedConfirm:      new(false),
		MultiModuleMode:  new(false),
		DownloadProtocol: "HTTPS",
		Create:           now.Add(-time.Hour),
		Devices:          fleet.Devices{Count: 10, Offline: 1},
	}
}

// Failures are the ways in which devices fail: the steps, the texts of public device programs
// in English and in Chinese, and texts that nobody documented. One device in ten reports a
// version that is not conform.
func Failures() []fleet.Failure {
	return []fleet.Failure{
		{Share: 0.1, Progress: "-1"},
		{Share: 0.1, Desc: "ota fetch failed", Progress: "-2.00"},
		{Share: 0.1, Desc: "step:-3"},
		{Share: 0.1, Desc: "updating files failed!", Progress: "-4"},
		{Share: 0.1, Desc: "check ota files failed!"},
		{Share: 0.1, Desc: "固件烧写失败"},
		{Share: 0.1, Desc: "flash: No space left", Progress: "-1"},
		{Share: 0.1, Desc: "0x8000 \u202e\x1b[31m\nERR"},
		{Share: 0.1},
	}
}
