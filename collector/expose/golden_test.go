package expose_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/situations"
)

// TestGolden compares /metrics of every situation with its golden file.
func TestGolden(t *testing.T) {
	for name, situation := range situations.All {
		t.Run(strings.ReplaceAll(name, "_", " "), func(t *testing.T) {
			harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
				situation(h)
				got := h.Jobs()
				harness.CheckGolden(t, name+".prom", got)
				harness.CheckExposition(t, got)
			})
		})
	}
}

// Every golden file belongs to a situation.
func TestNoObsoleteGoldenFile(t *testing.T) {
	files, err := filepath.Glob("testdata/golden/*.prom")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d golden files, error %v", len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".prom")
		if situations.All[name] == nil {
			t.Errorf("%s: no situation writes it; delete it", file)
		}
	}
}
