package dashboards_test

import (
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/repository"
)

// Panels that read a histogram also do so where Prometheus stores native histograms. It then has no
// series _bucket.
func TestPanelsReadNativeHistograms(t *testing.T) {
	binary := repository.Tool(t, "prometheus")
	server := startPrometheus(t, binary, startDemo(t), startEmpty(t), "--enable-feature=native-histograms")
	panels := 0
	for _, d := range load(t) {
		for _, p := range d.Panels {
			for _, q := range p.Targets {
				if !strings.Contains(q.Expr, "_bucket") {
					continue
				}
				panels++
				await(t, func() string {
					answer, err := server.query(t.Context(), d.prepare(q.Expr))
					if err != nil || len(answer) == 0 {
						return d.Title + "/" + p.Title + "/" + q.RefID + " has no data of native histograms: " + q.Expr
					}
					return ""
				})
			}
		}
	}
	if panels == 0 {
		t.Error("no panel reads a histogram")
	}
}
