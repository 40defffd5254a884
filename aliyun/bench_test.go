package aliyun_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// canned answers every request without a network.
type canned string

func (c canned) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: 200, Request: r, ContentLength: int64(len(c)),
		Body: io.NopCloser(strings.NewReader(string(c))),
	}, nil
}

// BenchmarkCall is all of one call but the network: keys, signature, request,
// decoding of an answer with every field.
func BenchmarkCall(b *testing.B) {
	client := aliyun.NewClient(&fixedKeys{keys: aliyun.Keys{AccessKeyID: "id", AccessKeySecret: "secret"}}, aliyun.Options{Transport: canned(fullAnswer)})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := client.QueryOTAJob(b.Context(), aliyun.Instance{URL: "http://endpoint", ID: "iot-1"}, "wahVIzGkCMuAUE2gDERM02****"); err != nil {
			b.Fatal(err)
		}
	}
}

const fullAnswer = `{"RequestId":"9F2AA0B5-9B4F-4F0E-8C4B-1B7E4F0E8C4B","Success":true,"Data":{
"JobId":"wahVIzGkCMuAUE2gDERM02****","Name":"cold-chain","JobDesc":"sensor firmware","FirmwareId":"Ufuxnwygsuffc6LQ****010001",
"ProductKey":"a19mzPZ****","DestVersion":"2.0.0","JobStatus":"IN_PROGRESS","JobType":"UPGRADE_FIRMWARE","SelectionType":"STATIC",
"TargetSelection":"GRAY","DynamicMode":1,"OverwriteMode":2,"MaximumPerMinute":1000,"RetryCount":2,"RetryInterval":10,"TimeoutInMinutes":60,
"GrayPercent":"50.00","SrcVersions":{"SrcVersion":["1.0.0","1.1.0"]},"Tags":{"OtaTagDTO":[{"Key":"k","Value":"v"}]},
"UtcCreate":"2019-12-28T02:43:10.000Z","UtcModified":"2019-12-28T02:43:10.000Z","UtcStartTime":"2019-12-28T02:43:10.000Z",
"UtcEndTime":"2019-12-28T02:43:10.000Z","UtcScheduleTime":"2019-12-28T02:43:10.000Z","UtcScheduleFinishTime":"2019-12-28T02:43:10.000Z",
"NeedPush":true,"NeedConfirm":false,"MultiModuleMode":false,"DownloadProtocol":"HTTPS","GroupId":"g","GroupName":"group"}}`
