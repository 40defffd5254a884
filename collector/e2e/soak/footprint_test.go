package soak_test

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"testing"
)

// footprint is what this process uses. heap is the live heap and resident is all memory
// of the process, both in bytes.
type footprint struct{ goroutines, descriptors, heap, resident int }

func (f footprint) String() string {
	return fmt.Sprintf("%d goroutines, %d file descriptors, %d MiB of heap, %d MiB resident", f.goroutines, f.descriptors, f.heap>>20, f.resident>>20)
}

func takeFootprint(t *testing.T) (f footprint) {
	t.Helper()
	f.goroutines = runtime.NumGoroutine()
	descriptors, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	f.descriptors = len(descriptors)
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	f.heap = int(m.HeapAlloc)
	// The first two numbers of statm are the pages of the address space and the resident pages.
	statm, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Fatal(err)
	}
	var size, resident int
	if _, err := fmt.Sscan(string(statm), &size, &resident); err != nil {
		t.Fatal(err)
	}
	f.resident = resident * os.Getpagesize()
	return f
}

// lowerQuartiles returns the lower quartile of each number. A leak is in every sample. Calls
// that hang and scrapes in progress are only in some.
func lowerQuartiles(samples []footprint) footprint {
	of := func(get func(footprint) int) int {
		values := make([]int, len(samples))
		for i, s := range samples {
			values[i] = get(s)
		}
		slices.Sort(values)
		return values[len(values)/4]
	}
	return footprint{
		of(func(f footprint) int { return f.goroutines }),
		of(func(f footprint) int { return f.descriptors }),
		of(func(f footprint) int { return f.heap }),
		of(func(f footprint) int { return f.resident }),
	}
}
