package pages_test

import (
	"net/http"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
)

// BenchmarkBatchPage measures the page of a batch with all details, among 10,000 others. The
// CPU time does not depend on what else the machine does.
func BenchmarkBatchPage(b *testing.B) {
	states := harness.FilledStore(b, 10_000)
	id := harness.FillJobID(5000)
	full := troubled("production", id, "冷链传感器 全量升级").Get("production", id)
	states.Replace(states.Get("production", id), full)
	handler := harness.SiteOfStore(states).Batch()
	before := harness.CPUTime(b)
	for b.Loop() {
		if w := harness.GetBatch(handler, "production", id); w.Code != http.StatusOK {
			b.Fatal(w.Code)
		}
	}
	b.ReportMetric(float64(harness.CPUTime(b)-before)/1e6/float64(b.N), "cpu-ms/op")
}
