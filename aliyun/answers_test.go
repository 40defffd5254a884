package aliyun_test

import (
	"bytes"
	"io"
	"net/http"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// goodAnswer is a short answer that the client accepts.
const goodAnswer = `{"RequestId":"R","Success":true,"Data":{"JobStatus":"IN_PROGRESS"}}`

// fullAnswer has every field of a batch.
const fullAnswer = `{"RequestId":"9F2AA0B5-9B4F-4F0E-8C4B-1B7E4F0E8C4B","Success":true,"Data":{
"JobId":"wahVIzGkCMuAUE2gDERM02****","Name":"cold-chain","JobDesc":"sensor firmware","FirmwareId":"Ufuxnwygsuffc6LQ****010001",
"ProductKey":"a19mzPZ****","DestVersion":"2.0.0","JobStatus":"IN_PROGRESS","JobType":"UPGRADE_FIRMWARE","SelectionType":"STATIC",
"TargetSelection":"GRAY","DynamicMode":1,"OverwriteMode":2,"MaximumPerMinute":1000,"RetryCount":2,"RetryInterval":10,"TimeoutInMinutes":60,
"GrayPercent":"50.00","SrcVersions":{"SrcVersion":["1.0.0","1.1.0"]},"Tags":{"OtaTagDTO":[{"Key":"k","Value":"v"}]},
"UtcCreate":"2019-12-28T02:43:10.000Z","UtcModified":"2019-12-28T02:43:10.000Z","UtcStartTime":"2019-12-28T02:43:10.000Z",
"UtcEndTime":"2019-12-28T02:43:10.000Z","UtcScheduleTime":"2019-12-28T02:43:10.000Z","UtcScheduleFinishTime":"2019-12-28T02:43:10.000Z",
"NeedPush":true,"NeedConfirm":false,"MultiModuleMode":false,"DownloadProtocol":"HTTPS","GroupId":"g","GroupName":"group"}}`

// givenAnswer gives every request the same answer, without a network.
type givenAnswer struct {
	status int
	body   []byte
}

func (a givenAnswer) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: a.status, Request: r, ContentLength: int64(len(a.body)),
		Body: io.NopCloser(bytes.NewReader(a.body)),
	}, nil
}

// readAnswer returns the result of the client for an answer to an operation.
func readAnswer(t *testing.T, operation string, status int, body []byte) (any, error) {
	t.Helper()
	client := aliyun.NewClient(signing, aliyun.Options{Transport: givenAnswer{status, body}})
	return readers[operation](t, client, aliyun.Instance{URL: "http://endpoint"})
}

// readers call each operation once. They return the result in the form of the API, so that
// it can be encoded and decoded again.
var readers = map[string]func(*testing.T, *aliyun.Client, aliyun.Instance) (any, error){
	aliyun.OpQueryOTAJob: func(t *testing.T, c *aliyun.Client, in aliyun.Instance) (any, error) {
		job, _, err := c.QueryOTAJob(t.Context(), in, "job-1")
		if (job == nil) != (err != nil) {
			t.Errorf("job %v with error %v", job, err)
		}
		return map[string]any{"Success": true, "Data": job}, err
	},
	aliyun.OpListOTAFirmware:      listReader(aliyun.OpListOTAFirmware, "FirmwareInfo"),
	aliyun.OpListOTAJobByFirmware: listReader(aliyun.OpListOTAJobByFirmware, "Data"),
	aliyun.OpListOTATaskByJob:     listReader(aliyun.OpListOTATaskByJob, "Data"),
}

func listReader(operation, field string) func(*testing.T, *aliyun.Client, aliyun.Instance) (any, error) {
	return func(t *testing.T, c *aliyun.Client, in aliyun.Instance) (any, error) {
		total, entries, err := listers[operation](t, c, in)
		if total < 0 {
			t.Errorf("total %d", total)
		}
		return map[string]any{"Success": true, "Total": total, field: entries}, err
	}
}
