package documents_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/exportertest"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/promtext"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/repository"
)

// The demo has a sample of every metric that is documented, and of no other metric.
func TestEveryMetricIsDocumented(t *testing.T) {
	t.Parallel()
	e := exportertest.Start(t, "--demo")
	want := documentedMetrics(t)
	got := make(map[string]bool)
	// Some appear only after the first discovery, or the first failure.
	exportertest.Eventually(t, func() string {
		for _, name := range promtext.Names(e.Metrics()) {
			if strings.HasPrefix(name, "aliyun_iot_ota_") { // not those of the Go client library
				got[name] = true
			}
		}
		return strings.Join(exportertest.Missing(got, want), ", ")
	})
	for name := range got {
		if !slices.Contains(want, name) {
			t.Errorf("%s is not in %s", name, metrics)
		}
	}
}

// documentedMetrics returns the names in the tables of metrics.
func documentedMetrics(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, found := range regexp.MustCompile("(?m)^\\| `(aliyun_iot_ota_\\w+)` \\|").FindAllStringSubmatch(repository.Read(t, metrics), -1) {
		names = append(names, found[1])
	}
	if len(names) == 0 {
		t.Fatalf("%s has no table of metrics", metrics)
	}
	return names
}
