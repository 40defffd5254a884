package expose_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/situations"
)

// The text, which is written without expfmt, has the same metrics as the protobuf.
func TestTextAndProtobufAgree(t *testing.T) {
	for name, situation := range situations.All {
		t.Run(strings.ReplaceAll(name, "_", " "), func(t *testing.T) {
			harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
				situation(h)
				var fromProtobuf strings.Builder
				for _, mf := range harness.Decode(t, h.Get("Accept", harness.AcceptProtobuf)) {
					if _, err := expfmt.MetricFamilyToText(&fromProtobuf, mf); err != nil {
						t.Fatal(err)
					}
				}
				if diff := cmp.Diff(harness.JobFamilies(fromProtobuf.String()), h.Jobs()); diff != "" {
					t.Errorf("(-protobuf +text):\n%s", diff)
				}
			})
		})
	}
}

// Parsers can read every account name, JobId and error code.
func TestHostileNames(t *testing.T) {
	for name, text := range map[string]string{
		"quotes":              `a"b"`,
		"backslashes":         `a\b\`,
		"newlines":            "a\nb\r\n",
		"a null character":    "a\x00b",
		"the end of a sample": `"} 1 # {`,
		"Chinese":             "冷链",
		"a space":             " ",
	} {
		t.Run(name, func(t *testing.T) {
			harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
				account, id, code := text+"account", text+"id", "iot."+text
				h.Account().Name = account
				h.Sim.Inject(gateway.Fault{Code: code})
				h.Watch(id)
				for _, accept := range []string{"", harness.AcceptProtobuf} {
					all := harness.Decode(t, h.Get("Accept", accept))
					i := slices.IndexFunc(all, func(mf *dto.MetricFamily) bool { return mf.GetName() == "aliyun_iot_ota_job_poll_error_info" })
					if i < 0 {
						t.Fatalf("Accept %q: no job_poll_error_info", accept)
					}
					got := map[string]string{}
					for _, l := range all[i].Metric[0].Label {
						got[l.GetName()] = l.GetValue()
					}
					want := map[string]string{"account": account, "job_id": id, "class": "server", "code": code}
					if diff := cmp.Diff(want, got); diff != "" {
						t.Errorf("Accept %q: labels (-want +got):\n%s", accept, diff)
					}
				}
			})
		})
	}
}
