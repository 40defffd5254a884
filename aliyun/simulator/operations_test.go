package simulator_test

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
)

// fleet has a package with three batches in the public instance and one with one
// batch in an enterprise instance.
func fleet() *simulator.Simulator {
	s := account()
	s.AddFirmware(simulator.Firmware{Account: "main", ID: "fw", Name: "pkg", ProductKey: "a1", DestVersion: "2.0.0", SrcVersion: "1.0.0"})
	s.AddFirmware(simulator.Firmware{Account: "main", ID: "fw2", Name: "pkg2", ProductKey: "a1", DestVersion: "3.0.0"})
	s.AddFirmware(simulator.Firmware{Account: "main", ID: "fw3", InstanceID: "iot-cn-1", ProductKey: "b1", DestVersion: "2.0.0"})
	for _, id := range []string{"one", "two", "three"} {
		s.AddBatch(simulator.Batch{Account: "main", JobID: id, FirmwareID: "fw", Devices: simulator.Devices{Count: 250, Prefix: "meter"}})
	}
	s.AddBatch(simulator.Batch{Account: "main", JobID: "inside", FirmwareID: "fw3"})
	s.AddAccount(simulator.Account{Name: "main", Limit: 1_000_000, Instances: []string{"iot-cn-2"},
		Keys: []simulator.Key{{ID: "testid", Secret: "testsecret"}}})
	s.AddBatch(simulator.Batch{Account: "stranger", JobID: "foreign", FirmwareID: "foreign-fw"})
	return s
}

func TestBusinessErrors(t *testing.T) {
	t.Parallel()
	s := fleet()
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
		"tasks: a page that is no number":    {"ListOTATaskByJob", []string{"JobId", "one", "CurrentPage", "x"}, "InvalidCurrentPage"},
		"tasks: the 100,000th":               {"ListOTATaskByJob", []string{"JobId", "one", "PageSize", "100", "CurrentPage", "1000"}, ""},
		"tasks: past the 100,000th":          {"ListOTATaskByJob", []string{"JobId", "one", "PageSize", "100", "CurrentPage", "1001"}, "iot.common.InvalidPageParams"},
		"jobs: no FirmwareId":                {"ListOTAJobByFirmware", []string{"CurrentPage", "1", "PageSize", "1"}, "MissingFirmwareId"},
		"jobs: an empty FirmwareId":          {"ListOTAJobByFirmware", []string{"FirmwareId", "", "CurrentPage", "1", "PageSize", "1"}, "iot.firmware.InvalidFirmwareId"},
		"jobs: an unknown FirmwareId":        {"ListOTAJobByFirmware", []string{"FirmwareId", "x", "CurrentPage", "1", "PageSize", "1"}, "iot.firmware.FirmwareNotFound"},
		"jobs: a package of another one":     {"ListOTAJobByFirmware", []string{"FirmwareId", "foreign-fw", "CurrentPage", "1", "PageSize", "1"}, "iot.firmware.FirmwareNotFound"},
		"jobs: no instance":                  {"ListOTAJobByFirmware", []string{"FirmwareId", "fw3", "CurrentPage", "1", "PageSize", "1"}, "iot.Sre.IotInstanceNotFound"},
		"jobs: 200 a page":                   {"ListOTAJobByFirmware", []string{"FirmwareId", "fw", "CurrentPage", "1", "PageSize", "200"}, ""},
		"jobs: 201 a page":                   {"ListOTAJobByFirmware", []string{"FirmwareId", "fw", "CurrentPage", "1", "PageSize", "201"}, "iot.common.InvalidPageParams"},
		"jobs: no page":                      {"ListOTAJobByFirmware", []string{"FirmwareId", "fw", "PageSize", "1"}, "MissingCurrentPage"},
		"packages: no page size":             {"ListOTAFirmware", []string{"CurrentPage", "1"}, "MissingPageSize"},
		"packages: 101 a page":               {"ListOTAFirmware", []string{"CurrentPage", "1", "PageSize", "101"}, "iot.common.InvalidPageParams"},
		"packages: an unknown product":       {"ListOTAFirmware", []string{"CurrentPage", "1", "PageSize", "1", "ProductKey", "x"}, "iot.prod.NotExistedProduct"},
		"packages: a product in an instance": {"ListOTAFirmware", []string{"CurrentPage", "1", "PageSize", "1", "ProductKey", "b1"}, "iot.prod.NotExistedProduct"},
		"packages: an unknown instance":      {"ListOTAFirmware", []string{"CurrentPage", "1", "PageSize", "1", "IotInstanceId", "x"}, "iot.system.InstanceNotFound"},
	} {
		t.Run(name, func(t *testing.T) {
			got := ask(t, s, c.action, c.params...)
			if got.code() != c.code {
				t.Errorf("%s, want %q", got.body, c.code)
			}
			if business := strings.HasPrefix(c.code, "iot."); business &&
				(got.status != 200 || got.json["Success"] != false || got.json["ErrorMessage"] == "") {
				t.Errorf("not the business form: %d %s", got.status, got.body)
			}
		})
	}
}

func TestLists(t *testing.T) {
	t.Parallel()
	s := fleet()
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
			"Data", "SimpleOTATaskInfo", "DeviceName", []string{"meter-000002", "meter-000003"}, 250, 125},
		"the default page of tasks in a state": {"ListOTATaskByJob", []string{"JobId", "one", "TaskStatus", "CANCELED"},
			"Data", "SimpleOTATaskInfo", "DeviceName", nil, 0, 0},
		"tasks by device name": {"ListOTATaskByJob",
			[]string{"JobId", "one", "DeviceNames.1", "meter-000249", "DeviceNames.2", "meter-000250", "DeviceNames.3", "x"},
			"Data", "SimpleOTATaskInfo", "DeviceName", []string{"meter-000249"}, 1, 1},
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

// job has every field that the API documents.
func job() simulator.Batch {
	at := time.Date(2019, 12, 28, 2, 43, 10, 0, time.UTC)
	return simulator.Batch{
		Account: "main", JobID: "j", FirmwareID: "fw", Desc: "批量 <upgrade> & more", SelectionType: "DYNAMIC",
		TargetSelection: "GRAY", DynamicMode: 1, OverwriteMode: 2, MaximumPerMinute: 1000, Retry: &simulator.Retry{Count: 1, Interval: 0},
		TimeoutInMinutes: 5, GrayPercent: "50.00", SrcVersions: []string{"1.0.0", "1.0.1"}, Tags: []simulator.Tag{{Key: "k", Value: "v"}},
		NeedPush: new(true), NeedConfirm: new(false), MultiModuleMode: new(false), DownloadProtocol: "HTTPS", GroupID: "g", GroupName: "组",
		Create: at, Schedule: at.Add(time.Hour), ScheduleFinish: at.Add(3 * time.Hour),
		Status: "CANCELED", Start: at.Add(time.Hour), End: at.Add(2 * time.Hour), Modified: at.Add(4 * time.Hour),
	}
}

func TestQueryOTAJobShowsEverything(t *testing.T) {
	t.Parallel()
	s := account()
	s.AddFirmware(simulator.Firmware{Account: "main", ID: "fw", Name: "firmware2", ProductKey: "a19", DestVersion: "1.0.1"})
	s.AddBatch(job())
	got, err := json.Marshal(ask(t, s, "QueryOTAJob", "JobId", "j").data())
	if err != nil {
		t.Fatal(err)
	}
	want := `{"DestVersion":"1.0.1","DownloadProtocol":"HTTPS","DynamicMode":1,"FirmwareId":"fw","GrayPercent":"50.00",` +
		`"GroupId":"g","GroupName":"组","JobDesc":"批量 \u003cupgrade\u003e \u0026 more","JobId":"j","JobStatus":"CANCELED",` +
		`"JobType":"UPGRADE_FIRMWARE","MaximumPerMinute":1000,"MultiModuleMode":false,"Name":"firmware2","NeedConfirm":false,` +
		`"NeedPush":true,"OverwriteMode":2,"ProductKey":"a19","RetryCount":1,"RetryInterval":0,"SelectionType":"DYNAMIC",` +
		`"SrcVersions":{"SrcVersion":["1.0.0","1.0.1"]},"Tags":{"OtaTagDTO":[{"Key":"k","Value":"v"}]},"TargetSelection":"GRAY",` +
		`"TimeoutInMinutes":5,"UtcCreate":"2019-12-28T02:43:10.000Z","UtcEndTime":"2019-12-28T04:43:10.000Z",` +
		`"UtcModified":"2019-12-28T06:43:10.000Z","UtcScheduleFinishTime":"2019-12-28T05:43:10.000Z",` +
		`"UtcScheduleTime":"2019-12-28T03:43:10.000Z","UtcStartTime":"2019-12-28T03:43:10.000Z"}`
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	t.Run("a plain batch leaves out what is not set", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := account()
			s.AddBatch(simulator.Batch{Account: "main", JobID: "j", Devices: simulator.Devices{Count: 1, Offline: 1}})
			got := slices.Sorted(maps.Keys(ask(t, s, "QueryOTAJob", "JobId", "j").data()))
			want := strings.Fields("DestVersion FirmwareId JobId JobStatus JobType Name ProductKey SelectionType TargetSelection " +
				"UtcCreate UtcModified UtcStartTime")
			if !slices.Equal(got, want) {
				t.Errorf("fields %v, want %v", got, want)
			}
		})
	})
}

func TestXML(t *testing.T) {
	t.Parallel()
	s := account()
	s.AddFirmware(simulator.Firmware{Account: "main", ID: "fw", Name: "firmware2", ProductKey: "a19", DestVersion: "1.0.1"})
	s.AddBatch(job())
	for name, r := range map[string]reply{
		"by default": send(t, s, signing{params: pairs("JobId", "j"), accept: "*/*"}.acs3()),
		"by Accept":  send(t, s, signing{params: pairs("JobId", "j"), accept: "application/xml"}.acs3()),
		"by Format":  send(t, s, signing{params: pairs("JobId", "j", "Format", "xml")}.acs3()),
		"RPC":        send(t, s, signing{params: pairs("JobId", "j")}.rpc()),
	} {
		t.Run(name, func(t *testing.T) {
			var got struct {
				XMLName   xml.Name
				RequestID string   `xml:"RequestId"`
				Success   bool     `xml:"Success"`
				Status    string   `xml:"Data>JobStatus"`
				Desc      string   `xml:"Data>JobDesc"`
				Versions  []string `xml:"Data>SrcVersions>SrcVersion"`
				Tag       string   `xml:"Data>Tags>OtaTagDTO>Value"`
				Retry     int      `xml:"Data>RetryInterval"`
			}
			if err := xml.Unmarshal([]byte(r.body), &got); err != nil {
				t.Fatalf("decode %s: %v", r.body, err)
			}
			if got.XMLName.Local != "QueryOTAJobResponse" || got.RequestID == "" || !got.Success || got.Status != "CANCELED" ||
				got.Desc != "批量 <upgrade> & more" || fmt.Sprint(got.Versions) != "[1.0.0 1.0.1]" || got.Tag != "v" {
				t.Errorf("%+v from %s", got, r.body)
			}
		})
	}
	t.Run("a gateway error", func(t *testing.T) {
		r := send(t, s, signing{id: "x", accept: "application/xml"}.acs3())
		for _, want := range []string{"<Error><RequestId>", "<HostId>iot.cn-shanghai.aliyuncs.com</HostId>",
			"<Code>InvalidAccessKeyId.NotFound</Code>", "<Message>", "</Error>"} {
			if !strings.Contains(r.body, want) {
				t.Errorf("no %s in %s", want, r.body)
			}
		}
	})
	t.Run("a business error", func(t *testing.T) {
		r := send(t, s, signing{params: pairs("JobId", "x"), accept: "application/xml"}.acs3())
		for _, want := range []string{"<QueryOTAJobResponse><RequestId>", "<Success>false</Success>",
			"<Code>iot.firmware.InvalidOTAJobId</Code>", "<ErrorMessage>"} {
			if !strings.Contains(r.body, want) {
				t.Errorf("no %s in %s", want, r.body)
			}
		}
	})
	t.Run("a list", func(t *testing.T) {
		r := send(t, s, signing{action: "ListOTAFirmware", params: pairs("CurrentPage", "1", "PageSize", "1"), accept: "text/xml"}.acs3())
		if !strings.Contains(r.body, "<FirmwareInfo><SimpleFirmwareInfo><FirmwareId>fw</FirmwareId>") ||
			!strings.Contains(r.body, "<Total>1</Total>") {
			t.Error(r.body)
		}
	})
}

func TestOverride(t *testing.T) {
	t.Parallel()
	s := account()
	b := job()
	b.Override = map[string]any{
		"JobStatus": "PAUSED", "RetryCount": "2", "UtcEndTime": simulator.Absent, "Nothing": simulator.Absent,
		"Tags": nil, "SrcVersions": map[string]any{"SrcVersion": []string{"<1>"}}, "Extra": json.RawMessage(`{"a":[1,"\ud800"]}`),
		"JobDesc": json.RawMessage("\"\xff\""),
	}
	s.AddBatch(b)
	r := send(t, s, signing{params: pairs("JobId", "j")}.acs3())
	for _, want := range []string{
		`"JobStatus":"PAUSED"`, `"RetryCount":"2"`, `"Tags":null`, `"SrcVersions":{"SrcVersion":["<1>"]}`,
		`"Extra":{"a":[1,"\ud800"]}`, "\"JobDesc\":\"\xff\"",
	} {
		if !strings.Contains(r.body, want) {
			t.Errorf("no %s in %s", want, r.body)
		}
	}
	if strings.Contains(r.body, "UtcEndTime") || strings.Contains(r.body, "Nothing") {
		t.Errorf("absent fields are there: %s", r.body)
	}
	x := send(t, s, signing{params: pairs("JobId", "j"), accept: "application/xml"}.acs3())
	if !strings.Contains(x.body, "<SrcVersions><SrcVersion>&lt;1&gt;</SrcVersion></SrcVersions>") ||
		!strings.Contains(x.body, "<RetryCount>2</RetryCount>") {
		t.Error(x.body)
	}
}
