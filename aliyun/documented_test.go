package aliyun_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// The answers have the form of the samples on Alibaba's pages, and on the pages of Tuya,
// whose gateway has the same operations with keys in lower or camel case and numeric ids.
// Each answer repeats the requested id and causes no note.
func TestDocumentedAnswers(t *testing.T) {
	for name, body := range map[string]map[string]string{
		"Alibaba": {
			aliyun.OpQueryOTAJob: `{"RequestId":"30F1BB8D","Data":{"UtcCreate":"2019-12-28T02:43:10.000Z","SrcVersions":{"SrcVersion":["1.0.1","1.0.2"]},"Name":"Firmware","JobDesc":"TestBatch",
				"ProductKey":"a1","FirmwareId":"fw-1","UtcScheduleTime":"2019-12-28T02:43:10.000Z","MaximumPerMinute":1000,"JobId":"job-1","DynamicMode":2,"OverwriteMode":2,
				"JobType":"UPGRADE_FIRMWARE","JobStatus":"IN_PROGRESS","SelectionType":"DYNAMIC","TimeoutInMinutes":1440,"RetryInterval":60,"RetryCount":1,"GrayPercent":"50.00",
				"TargetSelection":"ALL","Tags":{"OtaTagDTO":[{"Key":"key1","Value":"value1"}]},"DestVersion":"1.0.3","NeedConfirm":false,"NeedPush":true},"Success":true}`,
			aliyun.OpListOTAFirmware: `{"Total":1,"PageCount":1,"PageSize":10,"CurrentPage":1,"RequestId":"9F2AA0B5","Success":true,"FirmwareInfo":{"SimpleFirmwareInfo":[{"FirmwareId":"fw-1",
				"FirmwareName":"Firmware","DestVersion":"1.0.3","SrcVersion":"","ModuleName":"default","ProductKey":"a1","ProductName":"MyProduct","Status":1,"Type":0,"FirmwareSize":9,"UtcCreate":"2019-12-28T02:43:10.000Z"}]}}`,
			aliyun.OpListOTAJobByFirmware: `{"Total":1,"PageCount":1,"PageSize":10,"CurrentPage":1,"RequestId":"9F2AA0B5","Success":true,"Data":{"SimpleOTAJobInfo":[{"JobId":"job-1","FirmwareId":"fw-1",
				"ProductKey":"a1","JobStatus":"IN_PROGRESS","JobType":"UPGRADE_FIRMWARE","SelectionType":"STATIC","TargetSelection":"ALL","UtcCreate":"2019-12-28T02:43:10.000Z","UtcModified":"2019-12-28T02:43:10.000Z","UtcStartTime":"2019-12-28T02:43:10.000Z","UtcEndTime":""}]}}`,
			aliyun.OpListOTATaskByJob: `{"PageCount":1,"Data":{"SimpleOTATaskInfo":[{"SrcVersion":"1.0.0","DeviceName":"testDevice1","FirmwareId":"fw-1","IotId":"i","ProductKey":"a1","JobId":"job-1",
				"TaskDesc":"report version is not conform","DestVersion":"1.0.1","UtcCreate":"2019-11-04T03:38:15.000Z","UtcModified":"2019-11-04T03:38:15.000Z","TaskStatus":"QUEUED","ProductName":"MyProduct","TaskId":"t","Progress":"0.00"}]},
				"PageSize":10,"RequestId":"A59D3BE1","CurrentPage":1,"Success":true,"Total":2}`,
		},
		"a gateway with camel case": {
			aliyun.OpQueryOTAJob:          `{"requestId":"R","success":true,"data":{"jobId":"job-1","jobStatus":"IN_PROGRESS","firmwareId":176,"grayPercent":"50","downloadProtocol":"Https","srcVersions":{"srcVersion":["1.0.0"]}}}`,
			aliyun.OpListOTAFirmware:      `{"requestId":"R","success":true,"total":1,"firmwareInfo":{"simpleFirmwareInfo":[{"firmwareId":"176","productKey":"a1","destVersion":"1.0.1"}]}}`,
			aliyun.OpListOTAJobByFirmware: `{"requestId":"R","success":true,"total":1,"data":{"simpleOTAJobInfo":[{"jobId":183634077921266000,"firmwareId":"fw-1","jobStatus":"IN_PROGRESS"}]}}`,
			aliyun.OpListOTATaskByJob:     `{"requestId":"R","success":true,"total":"1","data":{"simpleOTATaskInfo":[{"jobId":"job-1","taskStatus":"QUEUED"}]}}`,
		},
	} {
		for operation, answer := range body {
			t.Run(name+"/"+operation, func(t *testing.T) {
				var seen aliyun.Call
				client := aliyun.NewClient(signing, aliyun.Options{
					Transport: givenAnswer{200, []byte(answer)},
					Observe:   func(c aliyun.Call) { seen = c },
				})
				in := aliyun.Instance{URL: "http://endpoint"}
				if _, err := readers[operation](t, client, in); err != nil {
					t.Fatal(err)
				}
				if seen.Notes != nil {
					t.Errorf("the client finds odd: %q", seen.Notes)
				}
			})
		}
	}
}

// Equal tags and versions count once, in any spelling, also in a state file.
func TestEqualTagsAndVersionsCountOnce(t *testing.T) {
	const data = `{"JobStatus":"IN_PROGRESS","SrcVersions":["1","2",1,"\u0031"],"Tags":[{"Key":"k","Value":"v"},{"value":"v","KEY":"k"},{"Key":"k"},{"Key":"k","Value":null},{"Key":"k","Value":""},{"Key":"","Value":"kv"}]}`
	want := aliyun.Job{
		JobStatus:   new("IN_PROGRESS"),
		SrcVersions: []string{"1", "2"},
		Tags:        []aliyun.Tag{{Key: new("k"), Value: new("v")}, {Key: new("k")}, {Key: new(""), Value: new("kv")}},
	}
	client := aliyun.NewClient(signing, aliyun.Options{Transport: givenAnswer{200, []byte(`{"Success":true,"Data":` + data + `}`)}})
	job, _, err := client.QueryOTAJob(t.Context(), aliyun.Instance{URL: "http://endpoint"}, "job-1")
	if diff := cmp.Diff(&want, job); diff != "" || err != nil {
		t.Errorf("error %v (-want +got):\n%s", err, diff)
	}
	var restored aliyun.Job
	if err := restored.UnmarshalJSON([]byte(data)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, restored); diff != "" {
		t.Errorf("from a state file (-want +got):\n%s", diff)
	}
}
