package simulator_test

import (
	"encoding/json"
	"encoding/xml"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
)

// job returns a batch with every documented field.
func job() fleet.Batch {
	at := time.Date(2019, 12, 28, 2, 43, 10, 0, time.UTC)
	return fleet.Batch{
		Account: "main", JobID: "j", FirmwareID: "fw", Desc: "批量 <upgrade> & more", SelectionType: "DYNAMIC",
		TargetSelection: "GRAY", DynamicMode: 1, OverwriteMode: 2, MaximumPerMinute: 1000, Retry: &fleet.Retry{Count: 1, Interval: 0},
		TimeoutInMinutes: 5, GrayPercent: "50.00", SrcVersions: []string{"1.0.0", "1.0.1"}, Tags: []fleet.Tag{{Key: "k", Value: "v"}},
		NeedPush: new(true), NeedConfirm: new(false), MultiModuleMode: new(false), DownloadProtocol: "HTTPS", GroupID: "g", GroupName: "组",
		Create: at, Schedule: at.Add(time.Hour), ScheduleFinish: at.Add(3 * time.Hour),
		Status: "CANCELED", Start: at.Add(time.Hour), End: at.Add(2 * time.Hour), Modified: at.Add(4 * time.Hour),
	}
}

func TestQueryOTAJobShowsEverything(t *testing.T) {
	t.Parallel()
	s := account()
	s.AddFirmware(fleet.Firmware{Account: "main", ID: "fw", Name: "firmware2", ProductKey: "a19", DestVersion: "1.0.1"})
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
			s.AddBatch(fleet.Batch{Account: "main", JobID: "j", Devices: fleet.Devices{Count: 1, Offline: 1}})
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
	s.AddFirmware(fleet.Firmware{Account: "main", ID: "fw", Name: "firmware2", ProductKey: "a19", DestVersion: "1.0.1"})
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
				Retry     *int     `xml:"Data>RetryInterval"`
			}
			if err := xml.Unmarshal([]byte(r.body), &got); err != nil {
				t.Fatalf("decode %s: %v", r.body, err)
			}
			if got.XMLName.Local != "QueryOTAJobResponse" || got.RequestID == "" || !got.Success || got.Status != "CANCELED" ||
				got.Desc != "批量 <upgrade> & more" || !slices.Equal(got.Versions, []string{"1.0.0", "1.0.1"}) || got.Tag != "v" || got.Retry == nil || *got.Retry != 0 {
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
		"JobStatus": "PAUSED", "RetryCount": "2", "UtcEndTime": fleet.Absent, "Nothing": fleet.Absent,
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
