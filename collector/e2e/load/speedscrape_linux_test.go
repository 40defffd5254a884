package load_test

import (
	"math"
	"runtime"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
)

// scrapeSpeed compares the CPU time of scrapes. It measures the whole process, because the
// wall clock does not show what the garbage collector does on another core.
func scrapeSpeed(t *testing.T) *harness.Measured {
	rounds, least := 1, time.Duration(0)
	if *harness.Speed {
		rounds, least = 3, time.Second
	}
	table := &harness.Measured{Part: "scrape speed", Columns: []string{"CPU time of a scrape, 25 series a batch, gzip", "100 batches", "1,000 batches", "10,000 batches"}}
	cells := make(map[string][]string)
	for _, batches := range []int{100, 1_000, 10_000} {
		all := designs(t, batches)
		if !*harness.Speed {
			all = designs(t, 1) // the shape is the same
		}
		// The designs take turns, so that noise affects all of them. The minimum counts,
		// because noise only adds time.
		cost := make(map[string]float64)
		for range rounds {
			for _, d := range all {
				c := cpuOf(t, scraper(t, d), least)
				if best, ok := cost[d.name]; !ok || c < best {
					cost[d.name] = c
				}
			}
		}
		for _, d := range all {
			cells[d.name] = append(cells[d.name], harness.Times(cost[d.name], cost[all[0].name]))
		}
	}
	for _, d := range designs(t, 1) {
		table.Add(d.name, cells[d.name]...)
	}
	return table
}

// cpuOf returns the CPU time of one scrape in seconds. It is the average over scrapes that
// take at least this much CPU time together.
func cpuOf(t *testing.T, scrape func() int, least time.Duration) float64 {
	runtime.GC() // the garbage of another design does not count
	before := harness.CPUTime(t)
	for n := 1; ; n++ {
		scrape()
		if spent := harness.CPUTime(t) - before; spent >= least {
			return math.Max(spent.Seconds(), 1e-9) / float64(n)
		}
	}
}
