package collector_test

import (
	"bytes"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector"
)

// An endpoint that is another's gets no hold of the terminal that a check is
// run in: neither by what it refuses with nor by the ids that it lists.
func TestCheckLiveSteersNoTerminal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const hostile = "x\x1b]0;evil\x07\x1b[2J\r\n\ty\u009b2J\x00"
		h := newHarness(t)
		b := ordinary(time.Now())
		b.Account, b.JobID, b.FirmwareID = "main", hostile, "fw-1"
		h.sim.AddBatch(b)
		h.sim.Inject(simulator.Fault{Operation: aliyun.OpQueryOTAJob, Code: "iot." + hostile, Message: hostile})
		h.setup.Accounts[0].Watch("cn-shanghai", aliyun.Instance{URL: "http://iot.cn-shanghai.aliyuncs.com"}, nil, nil, []string{"fw-1"})
		var out bytes.Buffer
		err := collector.CheckLive(t.Context(), &out, func() (collector.Setup, error) { return h.setup, nil }, h.options)
		if err == nil || !strings.Contains(out.String(), "server iot.x ]0;evil") {
			t.Errorf("error %v, want the code in\n%s", err, &out)
		}
		if strings.ContainsFunc(strings.ReplaceAll(out.String(), "\n", ""), unicode.IsControl) {
			t.Errorf("a control character is in %q", &out)
		}
	})
}
