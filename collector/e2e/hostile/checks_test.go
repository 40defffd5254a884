package hostile_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
)

// watch remembers what the scrapes showed of each account.
type watch struct {
	accounts []account
	classes  map[string]map[string]bool // of polls that failed, by the account's name
	success  map[string]bool            // whether the last look at the account showed a poll that succeeded
	lists    map[string]bool            // accounts of which a list failed
}

func newWatch(accounts []account) *watch {
	return &watch{accounts, make(map[string]map[string]bool), make(map[string]bool), make(map[string]bool)}
}

func (w *watch) take(s scrape) {
	name := func(labels map[string]string) string { return strings.TrimSuffix(labels["account"], renamed) }
	s.each("aliyun_iot_ota_job_poll_error_info", func(labels map[string]string, _ float64) {
		n := name(labels)
		if w.classes[n] == nil {
			w.classes[n] = make(map[string]bool)
		}
		w.classes[n][labels["class"]] = true
	})
	clear(w.success)
	s.each("aliyun_iot_ota_job_poll_success", func(labels map[string]string, value float64) {
		if strings.HasPrefix(labels["job_id"], jobPrefix) && value == 1 {
			w.success[name(labels)] = true
		}
	})
	s.each("aliyun_iot_ota_exporter_discovery_lists_failing", func(labels map[string]string, value float64) {
		if value > 0 {
			w.lists[name(labels)] = true
		}
	})
}

// check demands that each peer was met, and that its account tells what it does.
func (w *watch) check(t *testing.T) {
	t.Helper()
	for _, a := range w.accounts {
		classes := w.classes[a.name]
		switch {
		case a.class == "" && !w.success[a.name]:
			t.Errorf("%q: in the end no poll succeeds, and those before failed by %v", a.name, classes)
		case a.class != "" && !classes[a.class]:
			t.Errorf("%q: polls failed by %v, want %s", a.name, classes, a.class)
		}
		for class := range classes {
			if class != a.class && class != a.also && class != "timeout" { // a busy machine may be late
				t.Errorf("%q: polls failed by %s too", a.name, class)
			}
		}
		if a.listFails && !w.lists[a.name] {
			t.Errorf("%q: no list fails", a.name)
		}
	}
}

// checkAges demands that the data of the healthy account is as fresh as if there
// were no other.
func checkAges(t *testing.T, s scrape) {
	t.Helper()
	var sum, count float64
	for _, m := range s.families["aliyun_iot_ota_exporter_api_request_duration_seconds"].GetMetric() {
		for _, l := range m.GetLabel() {
			if l.GetName() == "account" && l.GetValue() == "healthy" {
				sum, count = sum+m.GetHistogram().GetSampleSum(), count+float64(m.GetHistogram().GetSampleCount())
			}
		}
	}
	rtt := sum / count
	bound := 1.10*healthyBatches/healthySlots*(1+rtt) + 1
	oldest, n := 0.0, 0
	s.each("aliyun_iot_ota_job_last_success_timestamp_seconds", func(labels map[string]string, at float64) {
		if labels["account"] == "healthy" {
			n++
			oldest = max(oldest, float64(s.at.UnixMilli())/1000-at)
		}
	})
	if n != healthyBatches || oldest > bound || math.IsNaN(bound) {
		t.Errorf("%d healthy batches, the oldest data is %.2f s old, want %d and %.2f s at most (a call takes %.3f s)", n, oldest, healthyBatches, bound, rtt)
	}
}

// checkWindows demands that no server ever saw more requests in a second than its
// account has slots.
func checkWindows(t *testing.T, sim *simulator.Simulator, accounts []account) {
	t.Helper()
	requests := 0
	for _, a := range accounts {
		requests += a.requests()
		if worst := a.worstSecond(); worst > hostileSlots {
			t.Errorf("%q saw %d requests of one operation in a second, want %d at most", a.name, worst, hostileSlots)
		}
	}
	for _, operation := range []string{"QueryOTAJob", "ListOTATaskByJob"} {
		arrivals := sim.Arrivals("healthy", operation)
		if worst := gateway.WorstWindow(arrivals, time.Second); worst > healthySlots || len(arrivals) == 0 {
			t.Errorf("%s of the healthy account: %d requests, %d in a second, want %d at most", operation, len(arrivals), worst, healthySlots)
		}
	}
	t.Logf("the peers read %d requests", requests)
}

// footprint is what the process held at a scrape.
type footprint struct{ goroutines, descriptors, heap float64 }

func footprintOf(s scrape) footprint {
	return footprint{s.value("go_goroutines"), s.value("process_open_fds"), s.value("go_memstats_heap_alloc_bytes") / (1 << 20)}
}

func (f footprint) String() string {
	return fmt.Sprintf("%.0f goroutines, %.0f descriptors, %.0f MiB of heap", f.goroutines, f.descriptors, f.heap)
}

// quiet is the lower quartile of each number: what leaks is in every sample.
func quiet(samples []footprint) footprint {
	of := func(get func(footprint) float64) float64 {
		var values []float64
		for _, s := range samples {
			values = append(values, get(s))
		}
		slices.Sort(values)
		return values[len(values)/4]
	}
	return footprint{
		of(func(f footprint) float64 { return f.goroutines }),
		of(func(f footprint) float64 { return f.descriptors }),
		of(func(f footprint) float64 { return f.heap }),
	}
}

// checkGrowth compares the second third with the last one: the first is the warm-up.
func checkGrowth(t *testing.T, samples []footprint) {
	t.Helper()
	n := len(samples)
	if n < 6 {
		t.Fatalf("%d samples are too few to tell growth", n)
	}
	before, after := quiet(samples[n/3:2*n/3]), quiet(samples[2*n/3:])
	highest := 0.0
	for _, s := range samples {
		highest = max(highest, s.heap)
	}
	t.Logf("the second third: %v; the last: %v; the heap at its highest: %.0f MiB", before, after, highest)
	for _, c := range []struct {
		what                 string
		before, after, slack float64
	}{
		{"goroutines", before.goroutines, after.goroutines, 20},
		{"descriptors", before.descriptors, after.descriptors, 20},
		{"MiB of heap", before.heap, after.heap, 8},
	} {
		if c.after > c.before+c.slack {
			t.Errorf("%s grow: %.0f in the second third, %.0f in the last", c.what, c.before, c.after)
		}
	}
}
