package exportertest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Footprint is what an exporter uses, as its metrics say. Heap and Resident are in MiB.
// Descriptors and Resident are 0 where the client library does not know them.
type Footprint struct{ Goroutines, Descriptors, Heap, Resident float64 }

func (f Footprint) String() string {
	return fmt.Sprintf("%.0f goroutines, %.0f file descriptors, %.0f MiB of heap, %.0f MiB resident", f.Goroutines, f.Descriptors, f.Heap, f.Resident)
}

// FootprintIn returns the footprint that a scrape shows.
func FootprintIn(metrics string) Footprint {
	value := func(name string) float64 {
		_, rest, _ := strings.Cut(metrics, "\n"+name+" ")
		number, _, _ := strings.Cut(rest, "\n")
		v, _ := strconv.ParseFloat(number, 64) // 0 without the metric
		return v
	}
	return Footprint{
		value("go_goroutines"),
		value("process_open_fds"),
		value("go_memstats_heap_alloc_bytes") / (1 << 20),
		value("process_resident_memory_bytes") / (1 << 20),
	}
}

// LowerQuartiles returns the lower quartile of each number. A leak is in every sample. Calls
// that hang, scrapes in progress and garbage are only in some.
func LowerQuartiles(samples []Footprint) Footprint {
	of := func(get func(Footprint) float64) float64 {
		var values []float64
		for _, s := range samples {
			values = append(values, get(s))
		}
		slices.Sort(values)
		return values[len(values)/4]
	}
	return Footprint{
		of(func(f Footprint) float64 { return f.Goroutines }),
		of(func(f Footprint) float64 { return f.Descriptors }),
		of(func(f Footprint) float64 { return f.Heap }),
		of(func(f Footprint) float64 { return f.Resident }),
	}
}
