package pages_test

import (
	"net/http"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
)

// BenchmarkBatchPage measures the page of a batch with all details, among 10,000 others. The
// CPU time does not depend on what else the machine does.
func BenchmarkBatchPage(b *testing.B) {
	states := harness.FilledStore(b, 10_000)
	id := harness.FillJobID(5000)
	full := troubled("production", id, "冷链传感器 全量升级").Get("production", id)
	states.Replace(states.Get("production", id), full)
	handler := harness.SiteOfStore(states).Batch()
	for _, language := range []string{"en", "zh"} {
		b.Run(language, func(b *testing.B) {
			before := harness.CPUTime(b)
			for b.Loop() {
				if w := inChinese(handler, "/?lang="+language, "account", "production", "job_id", id); w.Code != http.StatusOK {
					b.Fatal(w.Code)
				}
			}
			b.ReportMetric(float64(harness.CPUTime(b)-before)/1e6/float64(b.N), "cpu-ms/op")
		})
	}
}

// BenchmarkJobsPage measures a page of 10,000 batches, and one of as many that fail for one
// cause.
func BenchmarkJobsPage(b *testing.B) {
	filled := harness.FilledStore(b, 10_000)
	handler := harness.SiteOfStore(filled).Jobs()
	run := func(name, query string) {
		b.Run(name+"?"+query, func(b *testing.B) {
			before := harness.CPUTime(b)
			for b.Loop() {
				harness.GetPage(handler, query)
			}
			b.ReportMetric(float64(harness.CPUTime(b)-before)/1e6/float64(b.N), "cpu-ms/op")
		})
	}
	for _, query := range []string{"", "lang=zh", "sort=-deadline", "text=warehouse+wave"} {
		run("10000_jobs", query)
	}
	for i := range 10_000 {
		harness.ChangeState(b, filled, harness.FillJobID(i), func(s *store.State) {
			s.Err = &aliyun.Error{Operation: aliyun.OpQueryOTAJob, Class: aliyun.ClassAuth, Code: "SignatureDoesNotMatch", HTTPStatus: 400}
			s.ErrAt, s.Failures = s.AsOf.AddDate(1, 0, 0), 1
		})
	}
	run("10000_failing_jobs", "")
	run("10000_failing_jobs", "lang=zh")
}
