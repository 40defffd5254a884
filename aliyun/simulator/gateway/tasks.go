package gateway

import (
	"strconv"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
)

// Limits from Alibaba's page of ListOTATaskByJob.
const (
	maxTaskDepth   = 100_000 // CurrentPage × PageSize
	maxDeviceNames = 50
)

var taskList = list{
	name: "Data", item: "SimpleOTATaskInfo", id: "TaskId", parent: "JobId", status: "TaskStatus", live: "QUEUED",
}

func listOTATaskByJob(f *fleet.Fleet, c *call, now time.Time) (fleet.Record, *apiError) {
	p, refused := c.page(100, false)
	if refused != nil {
		return nil, refused
	}
	if p.current*p.size > maxTaskDepth {
		return nil, businessError("iot.common.InvalidPageParams")
	}
	status := c.params.Get("TaskStatus")
	if status != "" && !fleet.IsTaskStatus(status) {
		return nil, businessError("iot.firmware.InvalidTaskStatus")
	}
	j, refused := c.job(f)
	if refused != nil {
		return nil, refused
	}
	switch names := c.deviceNames(); {
	case len(names) > maxDeviceNames:
		return nil, businessError("iot.system.IllegalRequest")
	case len(names) > 0: // they replace the page
		entries := j.Tasks(now).Named(names, status)
		return taskList.page(page{1, maxDeviceNames}, len(entries), entries), nil
	}
	entries, total := j.Tasks(now).Page(status, p.offset(), p.size)
	return taskList.page(p, total, entries), nil
}

// deviceNames returns the parameters DeviceNames.1, DeviceNames.2 and so on. It stops at
// the first that is missing, or when there are too many.
func (c *call) deviceNames() []string {
	var names []string
	for len(names) <= maxDeviceNames {
		name := "DeviceNames." + strconv.Itoa(len(names)+1)
		if !c.params.Has(name) {
			break
		}
		names = append(names, c.params.Get(name))
	}
	return names
}
