package load_test

import (
	"net/http"
	"runtime/debug"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/conditions"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
)

// maxScrapeMemory is the largest peak memory of the process, in MB, with 10,000 batches that
// are scraped with gzip.
const maxScrapeMemory = 60

func TestScrapeMemory(t *testing.T) {
	if harness.PeakMemory("self") == 0 {
		t.Skip("no VmHWM in /proc/self/status")
	}
	conditions.SkipUnderRace(t, "it multiplies memory")
	if !conditions.InChild(t) {
		return
	}
	debug.SetGCPercent(50) // as the program does
	empty := harness.PeakMemory("self")
	scrape := scraper(t, design{make: func(testing.TB) http.Handler { return harness.NewHandler(t, harness.FilledStore(t, 10_000)) }})
	filled := harness.PeakMemory("self")
	for range 20 {
		if n := scrape(); n < 100_000 {
			t.Fatalf("a scrape has %d bytes", n)
		}
	}
	peak := harness.PeakMemory("self")
	t.Logf("peak memory: %.1f MB empty, %.1f MB with 10,000 batches, %.1f MB after 20 scrapes", empty, filled, peak)
	if peak > maxScrapeMemory {
		t.Errorf("peak memory %.1f MB, want at most %d MB", peak, maxScrapeMemory)
	}
}
