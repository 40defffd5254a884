package aliyun_test

import (
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/credentials"
)

// A full entry of each list, with the fields of the samples in the documentation.
const (
	fullSummary = `{"JobId":"wahVIzGkCMuAUE2gDERM02****","FirmwareId":"nx3xxVvFdwvn6dim50PY03****","ProductKey":"a19mzPZ****","JobStatus":"IN_PROGRESS","JobType":"UPGRADE_FIRMWARE","SelectionType":"STATIC","TargetSelection":"ALL",` +
		`"Tags":{"OtaTagDTO":[{"Key":"key1","Value":"value1"},{"Key":"key2","Value":"value2"}]},"UtcCreate":"2019-12-28T02:43:10.000Z","UtcModified":"2019-12-28T02:43:10.000Z","UtcStartTime":"2019-12-28T02:43:10.000Z","UtcEndTime":""}`
	fullTask = `{"SrcVersion":"1.0.0","DeviceName":"testDevice1","FirmwareId":"nx3xxVvFdwvn6dim50PY03****","IotId":"SR8FiTu1R9tlUR2V1bmi0010****","ProductKey":"a19mzPZ****","JobId":"wahVIzGkCMuAUE2gDERM02****","TaskDesc":"report version is not conform",` +
		`"DestVersion":"1.0.1","UtcCreate":"2019-11-04T03:38:15.000Z","UtcModified":"2019-11-04T03:38:15.000Z","TaskStatus":"QUEUED","ProductName":"MyProduct","TaskId":"y3tOmCDNgpR8F9jnVEzC01****","Progress":"0.00"}`
)

func listAnswer(list, entry string, entries int) string {
	return `{"RequestId":"R","Success":true,"Total":1000,"Data":{"` + list + `":[` + strings.Repeat(entry+",", entries-1) + entry + `]}}`
}

// BenchmarkCall measures a call without the network: keys, signature, request, and the
// decoding of a full answer.
func BenchmarkCall(b *testing.B) {
	const job, firmware = "wahVIzGkCMuAUE2gDERM02****", "nx3xxVvFdwvn6dim50PY03****"
	in := aliyun.Instance{URL: "http://endpoint", ID: "iot-1"}
	for name, c := range map[string]struct {
		answer string
		call   func(*testing.B, *aliyun.Client) error
	}{
		"a batch": {fullAnswer, func(b *testing.B, c *aliyun.Client) error {
			_, _, err := c.QueryOTAJob(b.Context(), in, job)
			return err
		}},
		"200 batches of a list": {listAnswer("SimpleOTAJobInfo", fullSummary, 200), func(b *testing.B, c *aliyun.Client) error {
			_, err := c.ListOTAJobByFirmware(b.Context(), in, firmware, 1)
			return err
		}},
		"100 device tasks": {listAnswer("SimpleOTATaskInfo", fullTask, 100), func(b *testing.B, c *aliyun.Client) error {
			_, err := c.ListOTATaskByJob(b.Context(), in, job, "", 100)
			return err
		}},
	} {
		b.Run(name, func(b *testing.B) {
			client := aliyun.NewClient(&fixedKeys{keys: credentials.Keys{AccessKeyID: "id", AccessKeySecret: "secret"}}, aliyun.Options{Transport: givenAnswer{200, []byte(c.answer)}})
			b.SetBytes(int64(len(c.answer)))
			b.ReportAllocs()
			for b.Loop() {
				if err := c.call(b, client); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
