//go:build unix

package collector_test

import (
	"bufio"
	"fmt"
	"net/http"
	"os"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector"
)

// maxScrapeMemory is what the process may need at its peak, in MB, with 10,000
// batches that are scraped with gzip.
const maxScrapeMemory = 60

func TestScrapeMemory(t *testing.T) {
	if peakMemory("self") == 0 {
		t.Skip("no VmHWM in /proc/self/status")
	}
	collector.SkipUnderRace(t, "it multiplies memory")
	if !collector.InChild(t) {
		return
	}
	debug.SetGCPercent(50) // as the program does
	empty := peakMemory("self")
	scrape := scraper(t, design{make: func(testing.TB) http.Handler { return newHandler(t, filledStore(t, 10_000)) }})
	filled := peakMemory("self")
	for range 20 {
		if n := scrape(); n < 100_000 {
			t.Fatalf("a scrape of %d bytes", n)
		}
	}
	peak := peakMemory("self")
	t.Logf("peak memory: %.1f MB empty, %.1f MB with 10,000 batches, %.1f MB after 20 scrapes", empty, filled, peak)
	if peak > maxScrapeMemory {
		t.Errorf("%.1f MB at the peak, want at most %d", peak, maxScrapeMemory)
	}
}

// peakMemory is the most that a process ever had resident, in MB; 0 where that is
// not known. The process is "self" or a number.
func peakMemory(process string) (mb float64) {
	status, err := os.Open("/proc/" + process + "/status")
	if err != nil {
		return 0
	}
	defer status.Close()
	for lines := bufio.NewScanner(status); lines.Scan(); {
		if rest, ok := strings.CutPrefix(lines.Text(), "VmHWM:"); ok {
			var kb float64
			fmt.Sscanf(rest, "%f kB", &kb)
			return kb * 1024 / 1e6
		}
	}
	return 0
}
