package simulator_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
)

// threeBatches returns a simulator with a package of three batches in the public instance,
// and a package of one batch in an enterprise instance.
func threeBatches() *simulator.Simulator {
	s := account()
	s.AddFirmware(fleet.Firmware{Account: "main", ID: "fw", Name: "pkg", ProductKey: "a1", DestVersion: "2.0.0", SrcVersion: "1.0.0"})
	s.AddFirmware(fleet.Firmware{Account: "main", ID: "fw2", Name: "pkg2", ProductKey: "a1", DestVersion: "3.0.0"})
	s.AddFirmware(fleet.Firmware{Account: "main", ID: "fw3", InstanceID: "iot-cn-1", ProductKey: "b1", DestVersion: "2.0.0"})
	for _, id := range []string{"one", "two", "three"} {
		s.AddBatch(fleet.Batch{Account: "main", JobID: id, FirmwareID: "fw", Devices: fleet.Devices{Count: 250}})
	}
	s.AddBatch(fleet.Batch{Account: "main", JobID: "inside", FirmwareID: "fw3"})
	s.AddAccount(gateway.Account{Name: "main", Limit: 1_000_000, Instances: []string{"iot-cn-2"},
		Keys: []gateway.Key{{ID: "testid", Secret: "testsecret"}}})
	s.AddBatch(fleet.Batch{Account: "stranger", JobID: "foreign", FirmwareID: "foreign-fw"})
	return s
}

func TestBusinessErrors(t *testing.T) {
	t.Parallel()
	s := threeBatches()
	tooMany := []string{"JobId", "one"}
	for n := range 51 {
		tooMany = append(tooMany, fmt.Sprint("DeviceNames.", n+1), "device-000001")
	}
	for name, c := range map[string]struct {
		action string
		params []string
		code   string
	}{
		"no JobId":                           {"QueryOTAJob", nil, "MissingJobId"},
		"an empty JobId":                     {"QueryOTAJob", []string{"JobId", ""}, "iot.firmware.NullOTAJobId"},
		"an unknown JobId":                   {"QueryOTAJob", []string{"JobId", "x"}, "iot.firmware.InvalidOTAJobId"},
		"a JobId of another account":         {"QueryOTAJob", []string{"JobId", "foreign"}, "iot.firmware.InvalidOTAJobId"},
		"an unknown instance":                {"QueryOTAJob", []string{"JobId", "one", "IotInstanceId", "iot-cn-9"}, "iot.system.InstanceNotFound"},
		"an unknown instance and JobId":      {"QueryOTAJob", []string{"JobId", "x", "IotInstanceId", "iot-cn-9"}, "iot.system.InstanceNotFound"},
		"no instance":                        {"QueryOTAJob", []string{"JobId", "inside"}, "iot.Sre.IotInstanceNotFound"},
		"another instance":                   {"QueryOTAJob", []string{"JobId", "inside", "IotInstanceId", "iot-cn-2"}, "iot.prod.NotExistedProduct"},
		"the right instance":                 {"QueryOTAJob", []string{"JobId", "inside", "IotInstanceId", "iot-cn-1"}, ""},
		"tasks: an empty JobId":              {"ListOTATaskByJob", []string{"JobId", ""}, "iot.firmware.NullOTAJobId"},
		"tasks: an unknown JobId":            {"ListOTATaskByJob", []string{"JobId", "x"}, "iot.firmware.InvalidOTAJobId"},
		"tasks: an unknown state":            {"ListOTATaskByJob", []string{"JobId", "one", "TaskStatus", "DONE"}, "iot.firmware.InvalidTaskStatus"},
		"tasks: 101 a page":                  {"ListOTATaskByJob", []string{"JobId", "one", "PageSize", "101"}, "iot.common.InvalidPageParams"},
		"tasks: page 0":                      {"ListOTATaskByJob", []string{"JobId", "one", "CurrentPage", "0"}, "iot.common.InvalidPageParams"},
		"tasks: a page that is not a number": {"ListOTATaskByJob", []string{"JobId", "one", "CurrentPage", "x"}, "InvalidCurrentPage"},
		"tasks: the 100,000th":               {"ListOTATaskByJob", []string{"JobId", "one", "PageSize", "100", "CurrentPage", "1000"}, ""},
		"tasks: past the 100,000th":          {"ListOTATaskByJob", []string{"JobId", "one", "PageSize", "100", "CurrentPage", "1001"}, "iot.common.InvalidPageParams"},
		"tasks: 50 device names":             {"ListOTATaskByJob", tooMany[:102], ""},
		"tasks: 51 device names":             {"ListOTATaskByJob", tooMany, "iot.system.IllegalRequest"},
		"jobs: no FirmwareId":                {"ListOTAJobByFirmware", []string{"CurrentPage", "1", "PageSize", "1"}, "MissingFirmwareId"},
		"jobs: an empty FirmwareId":          {"ListOTAJobByFirmware", []string{"FirmwareId", "", "CurrentPage", "1", "PageSize", "1"}, "iot.firmware.NullFirmwareId"},
		"jobs: an unknown FirmwareId":        {"ListOTAJobByFirmware", []string{"FirmwareId", "x", "CurrentPage", "1", "PageSize", "1"}, "iot.firmware.FirmwareNotFound"},
		"jobs: a package of another one":     {"ListOTAJobByFirmware", []string{"FirmwareId", "foreign-fw", "CurrentPage", "1", "PageSize", "1"}, "iot.firmware.FirmwareNotFound"},
		"jobs: no instance":                  {"ListOTAJobByFirmware", []string{"FirmwareId", "fw3", "CurrentPage", "1", "PageSize", "1"}, "iot.Sre.IotInstanceNotFound"},
		"jobs: 200 a page":                   {"ListOTAJobByFirmware", []string{"FirmwareId", "fw", "CurrentPage", "1", "PageSize", "200"}, ""},
		"jobs: 201 a page":                   {"ListOTAJobByFirmware", []string{"FirmwareId", "fw", "CurrentPage", "1", "PageSize", "201"}, "iot.common.InvalidPageParams"},
		"jobs: no page":                      {"ListOTAJobByFirmware", []string{"FirmwareId", "fw", "PageSize", "1"}, "MissingCurrentPage"},
		"packages: no page size":             {"ListOTAFirmware", []string{"CurrentPage", "1"}, "MissingPageSize"},
		"packages: 101 a page":               {"ListOTAFirmware", []string{"CurrentPage", "1", "PageSize", "101"}, "iot.common.InvalidPageParams"},
		"packages: an unknown product":       {"ListOTAFirmware", []string{"CurrentPage", "1", "PageSize", "1", "ProductKey", "x"}, "iot.firmware.InvalidProductKey"},
		"packages: a product in an instance": {"ListOTAFirmware", []string{"CurrentPage", "1", "PageSize", "1", "ProductKey", "b1"}, "iot.prod.NotExistedProduct"},
		"packages: an unknown instance":      {"ListOTAFirmware", []string{"CurrentPage", "1", "PageSize", "1", "IotInstanceId", "x"}, "iot.system.InstanceNotFound"},
	} {
		t.Run(name, func(t *testing.T) {
			got := ask(t, s, c.action, c.params...)
			if got.code() != c.code {
				t.Errorf("%s, want %q", got.body, c.code)
			}
			if strings.HasPrefix(c.code, "iot.") && !got.business() {
				t.Errorf("not the business form: %d %s", got.status, got.body)
			}
		})
	}
}

func TestLists(t *testing.T) {
	t.Parallel()
	s := threeBatches()
	for name, c := range map[string]struct {
		action     string
		params     []string
		list, item string
		key        string // of the entries
		want       []string
		total      int
		pages      int
	}{
		"all packages": {"ListOTAFirmware", []string{"CurrentPage", "1", "PageSize", "10"},
			"FirmwareInfo", "SimpleFirmwareInfo", "FirmwareId", []string{"fw", "fw2"}, 2, 1},
		"packages of a version": {"ListOTAFirmware", []string{"CurrentPage", "1", "PageSize", "10", "DestVersion", "3.0.0"},
			"FirmwareInfo", "SimpleFirmwareInfo", "FirmwareId", []string{"fw2"}, 1, 1},
		"packages of a product in an instance": {"ListOTAFirmware",
			[]string{"CurrentPage", "1", "PageSize", "10", "ProductKey", "b1", "IotInstanceId", "iot-cn-1"},
			"FirmwareInfo", "SimpleFirmwareInfo", "FirmwareId", []string{"fw3"}, 1, 1},
		"the second page of jobs": {"ListOTAJobByFirmware", []string{"FirmwareId", "fw", "CurrentPage", "2", "PageSize", "2"},
			"Data", "SimpleOTAJobInfo", "JobId", []string{"three"}, 3, 2},
		"past the last page of jobs": {"ListOTAJobByFirmware", []string{"FirmwareId", "fw", "CurrentPage", "3", "PageSize", "2"},
			"Data", "SimpleOTAJobInfo", "JobId", nil, 3, 2},
		"no job": {"ListOTAJobByFirmware", []string{"FirmwareId", "fw2", "CurrentPage", "1", "PageSize", "2"},
			"Data", "SimpleOTAJobInfo", "JobId", nil, 0, 0},
		"the second page of tasks": {"ListOTATaskByJob", []string{"JobId", "one", "CurrentPage", "2", "PageSize", "2"},
			"Data", "SimpleOTATaskInfo", "DeviceName", []string{"device-000002", "device-000003"}, 250, 125},
		"the default page of tasks in a state": {"ListOTATaskByJob", []string{"JobId", "one", "TaskStatus", "CANCELED"},
			"Data", "SimpleOTATaskInfo", "DeviceName", nil, 0, 0},
		"tasks by device name": {"ListOTATaskByJob",
			[]string{"JobId", "one", "DeviceNames.1", "device-000249", "DeviceNames.2", "device-000250", "DeviceNames.3", "x"},
			"Data", "SimpleOTATaskInfo", "DeviceName", []string{"device-000249"}, 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			got := ask(t, s, c.action, c.params...)
			var names []string
			for _, e := range got.list(c.list, c.item) {
				names = append(names, e[c.key].(string))
			}
			if !slices.Equal(names, c.want) || got.total() != c.total || got.json["PageCount"] != float64(c.pages) {
				t.Errorf("%s\nwant %v of %d on %d pages", got.body, c.want, c.total, c.pages)
			}
			if !strings.Contains(got.body, `"`+c.item+`":[`) {
				t.Errorf("an empty list is no list: %s", got.body)
			}
		})
	}
}
