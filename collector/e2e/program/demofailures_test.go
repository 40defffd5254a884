package program_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/exportertest"
)

// The demo has a batch whose devices fail for four reasons, one of them configured, and the
// names of its products.
func TestDemoShowsWhyDevicesFail(t *testing.T) {
	t.Parallel()
	e := exportertest.Start(t, "--demo")
	const description = `description="completed-four-reasons"`
	info := regexp.MustCompile(`job_info\{account="partner",(job_id="[^"]*"),.*` + description)
	exportertest.Eventually(t, func() string {
		metrics := e.Metrics()
		job := info.FindStringSubmatch(metrics)
		if job == nil {
			return "the batch"
		}
		for _, reason := range []string{"flash_full", "download", "timeout", "version_mismatch"} {
			if !strings.Contains(metrics, `aliyun_iot_ota_job_failed_devices{account="partner",`+job[1]+`,reason="`+reason+`"} `) {
				return "devices that failed by " + reason
			}
		}
		return ""
	})
	exportertest.Eventually(t, func() string {
		if !strings.Contains(e.Metrics(), `product_name="冷链温湿度传感器",module_name="default"`) {
			return "the name of a product"
		}
		return ""
	})
}
