package collector_test

import (
	"bufio"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector"
)

// maxScrapeMemory is what the process may need at its peak, in MB, with 10,000
// batches that are scraped with gzip.
const maxScrapeMemory = 100

// childEnv makes TestScrapeMemory the process that is measured.
const childEnv = "TEST_SCRAPE_MEMORY_CHILD"

func TestScrapeMemory(t *testing.T) {
	if os.Getenv(childEnv) != "" {
		scrapeAndReport(t)
		return
	}
	if peakMemory() == 0 {
		t.Skip("no VmHWM in /proc/self/status")
	}
	collector.SkipUnderRace(t, "it multiplies memory")
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestScrapeMemory$")
	child.Env = append(os.Environ(), childEnv+"=1")
	output, err := child.CombinedOutput()
	if err != nil {
		t.Fatalf("measured process: %v\n%s", err, output)
	}
	var empty, filled, peak float64
	if _, err := fmt.Sscanf(string(output), "empty %f filled %f peak %f", &empty, &filled, &peak); err != nil {
		t.Fatalf("measured process: %v\n%s", err, output)
	}
	t.Logf("peak memory: %.1f MB empty, %.1f MB with 10,000 batches, %.1f MB after 20 scrapes", empty, filled, peak)
	if peak > maxScrapeMemory {
		t.Errorf("%.1f MB at the peak, want at most %d", peak, maxScrapeMemory)
	}
}

func scrapeAndReport(t *testing.T) {
	empty := peakMemory()
	handler := newHandler(t, filledStore(t, 10_000))
	filled := peakMemory()
	r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
	r.Header.Set("Accept-Encoding", "gzip")
	for range 20 {
		w := &discard{header: http.Header{}}
		if handler.ServeHTTP(w, r); w.bytes < 100_000 {
			t.Fatalf("a scrape of %d bytes", w.bytes)
		}
	}
	fmt.Printf("empty %f filled %f peak %f\n", empty, filled, peakMemory())
}

// peakMemory is the most that this process ever had resident, in MB; 0 where
// that is not known.
func peakMemory() (mb float64) {
	status, err := os.Open("/proc/self/status")
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
