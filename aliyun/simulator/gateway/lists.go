package gateway

import (
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
)

// list describes the answer of an operation that returns a page of a list.
type list struct {
	name, item string // names of the elements around all entries and around each entry
	id, parent string // fields of an entry: its id, and the id from the request
	status     string // field of an entry; "" is none
	live       string // a value of status
}

// page returns the answer with a page of entries; total is the length of the whole list.
func (l *list) page(p page, total int, entries []fleet.Record) fleet.Record {
	all := make([]any, len(entries)) // not nil: an empty list is not null
	for i, e := range entries {
		all[i] = e
	}
	return fleet.Record{
		{Name: "Total", Value: total},
		{Name: "PageCount", Value: (total + p.size - 1) / p.size},
		{Name: "PageSize", Value: p.size},
		{Name: "CurrentPage", Value: p.current},
		{Name: l.name, Value: fleet.Record{{Name: l.item, Value: all}}},
	}
}

var jobList = list{
	name: "Data", item: "SimpleOTAJobInfo", id: "JobId", parent: "FirmwareId", status: "JobStatus", live: "IN_PROGRESS",
}

func listOTAJobByFirmware(f *fleet.Fleet, c *call, now time.Time) (fleet.Record, *apiError) {
	id, refused := c.required("FirmwareId")
	if refused != nil {
		return nil, refused
	}
	p, refused := c.page(200, true)
	if refused != nil {
		return nil, refused
	}
	if id == "" {
		return nil, businessError("iot.firmware.NullFirmwareId")
	}
	fw, found := f.Firmware(id)
	if !found || fw.Account != c.owner {
		return nil, c.notFound(f, "iot.firmware.FirmwareNotFound")
	}
	if refused := c.instance(f, fw.InstanceID); refused != nil {
		return nil, refused
	}
	jobs, total := f.Jobs(id, p.offset(), p.size)
	var entries []fleet.Record
	for _, j := range jobs {
		entries = append(entries, j.Summary(now))
	}
	return jobList.page(p, total, entries), nil
}

var firmwareList = list{name: "FirmwareInfo", item: "SimpleFirmwareInfo", id: "FirmwareId", parent: "ProductKey"}

func listOTAFirmware(f *fleet.Fleet, c *call, _ time.Time) (fleet.Record, *apiError) {
	p, refused := c.page(100, true)
	if refused != nil {
		return nil, refused
	}
	asked := c.params.Get("IotInstanceId")
	if refused := c.instance(f, asked); refused != nil {
		return nil, refused
	}
	key, version := c.params.Get("ProductKey"), c.params.Get("DestVersion")
	if key != "" {
		if refused := c.product(f, key); refused != nil {
			return nil, refused
		}
	}
	var entries []fleet.Record
	total := 0
	for _, fw := range f.Firmwares(c.owner, asked) {
		if (key != "" && fw.ProductKey != key) || (version != "" && fw.DestVersion != version) {
			continue
		}
		if total >= p.offset() && len(entries) < p.size {
			entries = append(entries, fw.Record())
		}
		total++
	}
	return firmwareList.page(p, total, entries), nil
}
