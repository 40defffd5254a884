package aliyun_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// Each operation returns the request id of a successful answer, for pages and for Alibaba's
// support: cut to a sane length, and without the secret of the call.
func TestRequestIDOfASuccess(t *testing.T) {
	secret := signing.keys.AccessKeySecret
	operations := map[string]func(*aliyun.Client, aliyun.Instance) (string, error){
		aliyun.OpQueryOTAJob: func(c *aliyun.Client, in aliyun.Instance) (string, error) {
			_, id, err := c.QueryOTAJob(t.Context(), in, "j")
			return id, err
		},
		aliyun.OpListOTAFirmware: func(c *aliyun.Client, in aliyun.Instance) (string, error) {
			list, err := c.ListOTAFirmware(t.Context(), in, "p", 1)
			return list.RequestID, err
		},
		aliyun.OpListOTAJobByFirmware: func(c *aliyun.Client, in aliyun.Instance) (string, error) {
			list, err := c.ListOTAJobByFirmware(t.Context(), in, "f", 1)
			return list.RequestID, err
		},
		aliyun.OpListOTATaskByJob: func(c *aliyun.Client, in aliyun.Instance) (string, error) {
			list, err := c.ListOTATaskByJob(t.Context(), in, "j", "", 1)
			return list.RequestID, err
		},
	}
	for name, c := range map[string]struct{ sent, want string }{
		"an id":                 {`"RequestId":"9F9A2BA7",`, "9F9A2BA7"},
		"lower case":            {`"requestId":"9F9A2BA7",`, "9F9A2BA7"},
		"none":                  {``, ""},
		"null":                  {`"RequestId":null,`, ""},
		"no text":               {`"RequestId":{},`, ""},
		"a long one":            {`"RequestId":"` + strings.Repeat("é", 1000) + `",`, strings.Repeat("é", 32)},
		"the secret":            {`"RequestId":"a ` + secret + ` b",`, "a <secret> b"},
		"the secret at the end": {`"RequestId":"` + strings.Repeat("a", 60) + secret + `",`, strings.Repeat("a", 60) + "<sec"},
	} {
		for operation, ask := range operations {
			t.Run(name+", "+operation, func(t *testing.T) {
				body := fmt.Sprintf(`{%s"Success":true,"Total":0,"Data":{"JobStatus":"IN_PROGRESS"}}`, c.sent)
				if operation != aliyun.OpQueryOTAJob {
					body = strings.Replace(body, `{"JobStatus":"IN_PROGRESS"}`, "{}", 1)
				}
				client := aliyun.NewClient(signing, aliyun.Options{Transport: givenAnswer{200, []byte(body)}})
				got, err := ask(client, aliyun.Instance{URL: "http://endpoint"})
				if got != c.want || err != nil {
					t.Errorf("%q, error %v, want %q", got, err, c.want)
				}
			})
		}
	}
}
