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

// Instance is one that the simulator answers for; "" is the public one.
func Instance(id string) aliyun.Instance {
	return aliyun.Instance{URL: "http://iot.cn-shanghai.aliyuncs.com", ID: id}
}

// Put puts a batch into the simulator, as jobID if it has no other id. Nothing
// watches it yet.
func (h *Harness) Put(b fleet.Batch) fleet.Batch {
	b.Account = "main"
	if b.JobID == "" {
		b.JobID = JobID
	}
	h.Sim.AddBatch(b)
	return b
}

// PutRunning puts batches of a package that stay IN_PROGRESS. To put one again
// under another package takes it out of its list.
func (h *Harness) PutRunning(firmwareID string, jobIDs ...string) {
	for _, id := range jobIDs {
		h.Put(fleet.Batch{FirmwareID: firmwareID, JobID: id, Status: aliyun.StatusInProgress, Start: time.Now()})
	}
}

// PutPackage puts a package of productKey with such batches.
func (h *Harness) PutPackage(firmwareID string, jobIDs ...string) {
	h.Sim.AddFirmware(fleet.Firmware{Account: "main", ID: firmwareID, ProductKey: ProductKey, Name: "firmware", DestVersion: "2"})
	h.PutRunning(firmwareID, jobIDs...)
}

// Update changes a batch of the simulator.
func (h *Harness) Update(jobID string, change func(b *fleet.Batch)) {
	h.T.Helper()
	if err := h.Sim.UpdateBatch(jobID, change); err != nil {
		h.T.Fatal(err)
	}
}

// Cancel cancels a batch; tasks says whether its devices stop too.
func (h *Harness) Cancel(jobID string, tasks bool) {
	h.T.Helper()
	if err := h.Sim.Cancel(jobID, tasks); err != nil {
		h.T.Fatal(err)
	}
}

// Add puts a batch and watches it.
func (h *Harness) Add(b fleet.Batch) {
	b = h.Put(b)
	h.Account().Watch(Region, Instance(b.InstanceID), []string{b.JobID}, nil, nil)
	h.Apply()
}

// AddByList puts a batch and watches it by the list of its package.
func (h *Harness) AddByList(b fleet.Batch) {
	b = h.Put(b)
	h.Discover(nil, []string{b.FirmwareID})
	h.Apply()
}

// Configure adds batches of the public instance to the configuration.
func (h *Harness) Configure(jobIDs ...string) {
	h.Account().Watch(Region, Instance(""), jobIDs, nil, nil)
}

// Watch is configure and apply.
func (h *Harness) Watch(jobIDs ...string) {
	h.Configure(jobIDs...)
	h.Apply()
}

// Discover adds to what is discovered in the public instance.
func (h *Harness) Discover(products, firmwares []string) {
	h.Account().Watch(Region, Instance(""), nil, products, firmwares)
}

// ConfigureRunning puts n batches that stay IN_PROGRESS, job-0000 and so on, and
// configures them.
func (h *Harness) ConfigureRunning(n int) {
	ids := Numbered("job", n)
	h.PutRunning("fw-1", ids...)
	h.Configure(ids...)
}

// ConfigureOrdinary puts ordinary batches of a package and configures them.
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

// Numbered are n names with a prefix, in alphabetical order.
func Numbered(prefix string, n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("%s-%04d", prefix, i)
	}
	return names
}

// Ordinary is a static batch with every setting that began an hour before now. It
// runs for ever, as all its devices are offline.
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
