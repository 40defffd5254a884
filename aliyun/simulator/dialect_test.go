package simulator_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
)

// A gateway with one signature accepts only that one. It answers other calls as if they had
// no action.
func TestGatewayWithOneSignature(t *testing.T) {
	t.Parallel()
	job := withJSON(pairs("JobId", "j"))
	calls := map[string]func(signing) *http.Request{"v1": signing.rpc, "v3": signing.acs3}
	for _, known := range []string{"v1", "v3"} {
		s := account()
		s.AddBatch(fleet.Batch{Account: "main", JobID: "j"})
		s.SetDialect(gateway.Dialect{Signature: known})
		for name, call := range calls {
			t.Run(name+" to a gateway of "+known, func(t *testing.T) {
				got := send(t, s, call(signing{params: job}))
				if known == name && got.json["Success"] != true || known != name && got.code() != "MissingAction" {
					t.Errorf("%d %s", got.status, got.body)
				}
			})
		}
	}
}

// The gateway changes the spelling of keys, also in errors, and of nothing else.
func TestGatewaySpelling(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spell  func(string) string
		params []string
		want   []string
	}{
		"camel case": {gateway.CamelCase, []string{"JobId", "j"},
			[]string{`"success":true`, `"data":{"jobId":"j","jobStatus":"IN_PROGRESS"`, `"tags":{"otaTagDTO":[{"key":"Key","value":"Value"}]}`, `"requestId":`}},
		"small letters": {strings.ToLower, []string{"JobId", "j"},
			[]string{`"data":{"jobid":"j","jobstatus":"IN_PROGRESS"`, `"otatagdto":[{"key":"Key","value":"Value"}]`, `"requestid":`}},
		"a refusal": {gateway.CamelCase, []string{"JobId", "none"},
			[]string{`"success":false`, `"code":"iot.firmware.InvalidOTAJobId"`, `"errorMessage":`}},
	} {
		t.Run(name, func(t *testing.T) {
			s := account()
			s.AddBatch(fleet.Batch{Account: "main", JobID: "j", Status: "IN_PROGRESS", Tags: []fleet.Tag{{Key: "Key", Value: "Value"}}})
			s.SetDialect(gateway.Dialect{Spell: c.spell})
			got := ask(t, s, "QueryOTAJob", c.params...)
			for _, want := range c.want {
				if !strings.Contains(got.body, want) {
					t.Errorf("no %s in %s", want, got.body)
				}
			}
		})
	}
}
