package program_test

import (
	"os"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/demo"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/network"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/exportertest"
)

// Alibaba's endpoints use TLS, and HTTP/2 with clients that offer it. The built program
// watches the fleet of the demo behind such an endpoint.
func TestDemoBehindTLS(t *testing.T) {
	t.Parallel()
	authority, err := network.NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	server, err := demo.StartTLS(authority)
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	config := "--config.file=" + exportertest.TempFile(t, "config.yml", server.Config())
	trusting := "SSL_CERT_FILE=" + exportertest.TempFile(t, "authority.pem", string(authority.PEM()))

	t.Run("batches are polled", func(t *testing.T) {
		cmd := exportertest.Command(t, config)
		cmd.Env = append(cmd.Env, trusting)
		p := exportertest.StartProcess(t, cmd)
		p.AwaitListening()
		exportertest.Eventually(t, func() string {
			metrics := p.Metrics()
			for _, sample := range []string{
				`aliyun_iot_ota_job_status{account="production",`, `aliyun_iot_ota_job_status{account="partner",`,
				`aliyun_iot_ota_job_devices{account="production",`,
				`_api_request_duration_seconds_count{account="production",operation="ListOTAJobByFirmware"}`,
			} {
				if !strings.Contains(metrics, sample) {
					return sample
				}
			}
			return ""
		})
		for line := range strings.Lines(p.Metrics()) {
			for _, class := range []string{"transport", "decode", "timeout"} {
				if strings.Contains(line, `api_requests_total{`) && strings.Contains(line, `result="`+class+`"`) && !strings.HasSuffix(line, " 0\n") {
					t.Errorf("calls failed: %s", line)
				}
			}
		}
	})
	t.Run("a live check has no error of TLS", func(t *testing.T) {
		cmd := exportertest.Command(t, config, "--config.check-live")
		cmd.Env = append(cmd.Env, trusting)
		out, _ := cmd.CombinedOutput() // err is only the exit code
		if text := string(out); !strings.Contains(text, "QueryOTAJob") || strings.Contains(text, "transport") || strings.Contains(text, "decode") {
			t.Error(text)
		}
	})
	t.Run("a live check reports an authority that is not trusted", func(t *testing.T) {
		cmd := exportertest.Command(t, config, "--config.check-live")
		cmd.Env = append(cmd.Env, "SSL_CERT_FILE="+os.DevNull)
		out, err := cmd.CombinedOutput()
		if err == nil {
			t.Error("the check succeeds")
		}
		exportertest.WantIn(t, string(out), "This machine does not trust the authority that signed the certificate of "+server.URL, "SSL_CERT_FILE")
	})
}
