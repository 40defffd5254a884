package program_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/exportertest"
)

// liveSetup is a configuration with n batches that exist, and one in its last line that does not.
func liveSetup(t *testing.T, n int) (config string) {
	t.Helper()
	sim := simulator.New()
	sim.AddAccount(gateway.Account{Name: "main", Keys: []gateway.Key{{ID: "LTAItest", Secret: "do-not-show"}}})
	var b strings.Builder
	for i := range n {
		id := fmt.Sprintf("job%04d", i)
		sim.AddBatch(fleet.Batch{Account: "main", FirmwareID: "fw", JobID: id, Status: aliyun.StatusInProgress, Start: time.Now()})
		fmt.Fprintf(&b, "          - %s\n", id)
	}
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	return fmt.Sprintf("accounts:\n  - name: production\n    endpoint: %s\n    requests_per_second: 10\n    credentials: {access_key_id: LTAItest, access_key_secret: do-not-show}\n    instances:\n      - jobs:\n%s          - wrong\n", server.URL, b.String())
}

// --config.check-live reports the line of each id that fails. It shows no progress unless
// stderr is a terminal.
func TestCheckLiveReportsLines(t *testing.T) {
	stdout, stderr, err := exportertest.Run(t, "--config.check-live", "--config.file="+exportertest.TempFile(t, "config.yml", liveSetup(t, 12)))
	if err == nil || stderr != "" {
		t.Errorf("error %v, stderr %q", err, stderr)
	}
	exportertest.WantIn(t, stdout, "13 jobs  12 ok, 1 failed", "does not find job wrong in", "\n  line 20: job wrong\n")
	if strings.Contains(stdout, "\r") {
		t.Errorf("progress is shown in %q", stdout)
	}
}
