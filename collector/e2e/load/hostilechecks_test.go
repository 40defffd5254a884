package load_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/exportertest"
)

// watch records what the scrapes showed of each account.
type watch struct {
	accounts []account
	classes  map[string]map[string]bool // error classes of polls, by account
	success  map[string]bool            // accounts with a successful poll in the last scrape
	lists    map[string]bool            // accounts with a list that failed
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

// check checks that polls of each account failed with the class that its peer causes.
func (w *watch) check(t *testing.T) {
	t.Helper()
	for _, a := range w.accounts {
		classes := w.classes[a.name]
		switch {
		case a.class == "" && !w.success[a.name]:
			t.Errorf("%q: no poll succeeds in the last scrape; polls failed with %v", a.name, classes)
		case a.class != "" && !classes[a.class] && !classes[a.also]:
			t.Errorf("%q: polls failed with %v, want %s", a.name, classes, a.class)
		}
		for class := range classes {
			if class != a.class && class != a.also && class != "timeout" { // on a busy machine calls may time out
				t.Errorf("%q: polls also failed with %s", a.name, class)
			}
		}
		if a.listFails && !w.lists[a.name] {
			t.Errorf("%q: no list fails", a.name)
		}
	}
}

// checkAges checks that the data of the healthy account is as fresh as without the other
// accounts.
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
		t.Errorf("%d healthy batches, the oldest data is %.2f s old, want %d and at most %.2f s (a call takes %.3f s)", n, oldest, healthyBatches, bound, rtt)
	}
}

// checkWindows checks that no server saw more requests in any second than its account has
// slots.
func checkWindows(t *testing.T, sim *simulator.Simulator, accounts []account) {
	t.Helper()
	requests := 0
	for _, a := range accounts {
		requests += a.requests()
		if worst := a.worstSecond(); worst > hostileSlots {
			t.Errorf("%q saw %d requests of one operation in a second, want at most %d", a.name, worst, hostileSlots)
		}
	}
	for _, operation := range []string{"QueryOTAJob", "ListOTATaskByJob"} {
		arrivals := sim.Arrivals("healthy", operation)
		if worst := gateway.WorstWindow(arrivals, time.Second); worst > healthySlots || len(arrivals) == 0 {
			t.Errorf("%s of the healthy account: %d requests, up to %d in a second, want at most %d", operation, len(arrivals), worst, healthySlots)
		}
	}
	t.Logf("the peers read %d requests", requests)
}

// checkGrowth compares the second third with the last one. The first third is for warming up.
func checkGrowth(t *testing.T, samples []exportertest.Footprint) {
	t.Helper()
	n := len(samples)
	if n < 6 {
		t.Fatalf("%d samples are too few", n)
	}
	before, after := exportertest.LowerQuartiles(samples[n/3:2*n/3]), exportertest.LowerQuartiles(samples[2*n/3:])
	highest := 0.0
	for _, s := range samples {
		highest = max(highest, s.Heap)
	}
	t.Logf("the second third: %v; the last: %v; the highest heap: %.0f MiB", before, after, highest)
	for _, c := range []struct {
		what                 string
		before, after, slack float64
	}{
		// A third of the run has some thousand requests. How many of them are under way at
		// once varies with the load of the machine, by a few dozen.
		{"goroutines", before.Goroutines, after.Goroutines, 200},
		{"descriptors", before.Descriptors, after.Descriptors, 20},
		{"MiB of heap", before.Heap, after.Heap, 8},
	} {
		if c.after > c.before+c.slack {
			t.Errorf("%s grow from %.0f in the second third to %.0f in the last", c.what, c.before, c.after)
		}
	}
}
