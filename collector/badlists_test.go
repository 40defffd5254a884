package collector_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector"
)

// heap is what is in use after a collection, in MiB.
func heap() float64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / (1 << 20)
}

// A list that no account can have ends as one that fails, says why and costs little.
// What was known stays, and other lists are read as ever.
func TestListsThatNoAccountHas(t *testing.T) {
	for kind, c := range map[simulator.Kind]struct {
		why  string // the error
		most int    // batches that are found in it
	}{
		simulator.Overfull:  {"a page of the list holds more than 200 entries, but 200 were asked for", 0},
		simulator.Growing:   {"the list grows faster than it can be read: from 400 entries by its Total to 600 while 2 pages were read", 400},
		simulator.Repeating: {"page 2 repeats entries of the pages before it, although the list has 50000 entries by its Total", 200},
		simulator.Hollow:    {"page 2 is empty, although the list has 50000 entries by its Total, and 200 have come", 200},
	} {
		t.Run(string(kind), func(t *testing.T) {
			simulated(t, func(t *testing.T, h *harness) {
				h.putPackage("fw-1", "job-1")
				h.putPackage("fw-2", "job-2")
				h.discover(nil, []string{"fw-1", "fw-2"})
				h.apply()
				h.pass(time.Minute)
				h.wantIDs("job-1", "job-2")
				mend := h.sim.Inject(simulator.Fault{Operation: aliyun.OpListOTAJobByFirmware, FirmwareID: "fw-1", Kind: kind})
				h.within(3*time.Minute, "the list fails", func() bool { return h.value(listsFailing(aliyun.OpListOTAJobByFirmware)) == 1 })
				h.pass(30 * time.Second)
				if n := strings.Count(h.logs.String(), "reading a list fails"); n != 1 {
					t.Errorf("%d lines of the log, want one:\n%s", n, h.logs.String()[:min(h.logs.Len(), 2000)])
				}
				lists := strings.Join(unreadable(document(t, h.page("q=job-1"))), "\n")
				for _, want := range []string{"package fw-1, account production: decode", c.why} {
					if !strings.Contains(lists, want) {
						t.Errorf("no %q in %q", want, lists)
					}
				}
				found := len(h.store.Snapshot()) - 2
				t.Logf("%d batches are found", found)
				if found > c.most || h.state("job-1") == nil {
					t.Errorf("%d batches are found, want %d, and job-1 stays: %v", found, c.most, h.state("job-1") != nil)
				}
				if age := time.Since(h.state("job-2").TrueAt()); age > 15*time.Second {
					t.Errorf("the batch of the other list is %v old", age)
				}
				mend()
				h.pass(2 * time.Minute)
				if n := h.value(listsFailing(aliyun.OpListOTAJobByFirmware)); n != 0 {
					t.Errorf("%v lists fail after it was mended", n)
				}
			})
		})
	}
}

// The same for packages: what was known of them stays.
func TestPackageListsThatNoAccountHas(t *testing.T) {
	for kind, c := range map[simulator.Kind]struct {
		why  string
		most int // packages that are found in it
	}{
		simulator.Overfull:  {"a page of the list holds 200 entries, but 100 were asked for", 0},
		simulator.Growing:   {"the list grows faster than it can be read", 200},
		simulator.Countless: {"the list has 2147483647 entries by its Total; only the first 500 are read", 500},
		simulator.Repeating: {"page 2 repeats entries", 100},
		simulator.Hollow:    {"page 2 is empty", 100},
	} {
		t.Run(string(kind), func(t *testing.T) {
			simulated(t, func(t *testing.T, h *harness) {
				h.putPackage("fw-1", "job-1")
				h.discover([]string{productKey}, nil)
				h.apply()
				h.pass(time.Minute)
				h.sim.Inject(simulator.Fault{Operation: aliyun.OpListOTAFirmware, Kind: kind})
				h.pass(10 * time.Minute)
				if n := h.value(listsFailing(aliyun.OpListOTAFirmware)); n != 1 {
					t.Errorf("%v lists fail, want 1", n)
				}
				if text := strings.Join(unreadable(document(t, h.page(""))), "\n"); !strings.Contains(text, c.why) {
					t.Errorf("no %q in %q", c.why, text)
				}
				if n := h.value(fmt.Sprintf("discovery_firmwares{account=%q,product_key=%q}", "production", productKey)); int(n) > 1+c.most {
					t.Errorf("%v packages, want at most %d", n, c.most)
				}
				h.wantIDs("job-1")
				if age := time.Since(h.state("job-1").TrueAt()); age > 16*time.Second {
					t.Errorf("the known batch is %v old", age)
				}
			})
		})
	}
}

// Entries with hostile ids are left out, and the rest of the list is read.
func TestListsWithLongIDs(t *testing.T) {
	simulated(t, func(t *testing.T, h *harness) {
		h.putPackage("fw-1", "job-1")
		h.discover(nil, []string{"fw-1"})
		h.apply()
		h.pass(time.Minute)
		h.sim.Inject(simulator.Fault{Operation: aliyun.OpListOTAJobByFirmware, Kind: simulator.LongIDs})
		h.pass(10 * time.Minute)
		h.wantIDs("job-1")
		if n := h.logs.Len(); n > 10_000 {
			t.Errorf("%d bytes of log", n)
		}
	})
}

// A page of devices that holds more than was asked for is not counted.
func TestDevicesBeyondThePage(t *testing.T) {
	simulated(t, func(t *testing.T, h *harness) {
		h.countDevices()
		h.configureOrdinary("fw-1", "job-1")
		h.sim.Inject(simulator.Fault{Operation: aliyun.OpListOTATaskByJob, Kind: simulator.Overfull})
		h.apply()
		h.pass(5 * time.Minute)
		if h.state("job-1").Devices != nil {
			t.Error("the devices are counted")
		}
		if want := "a page of the list holds 200 entries, but 100 were asked for"; strings.Count(h.logs.String(), want) != 1 {
			t.Errorf("the log does not say once that %s:\n%s", want, &h.logs)
		}
	})
}

// Lists without an end, all at once, need no more memory than as many batches as an
// account may watch.
func TestListsWithoutAnEndNeedLittleMemory(t *testing.T) {
	collector.SkipUnderRace(t, "measures the heap")
	simulated(t, func(t *testing.T, h *harness) {
		for _, fw := range numbered("fw", 20) {
			h.putPackage(fw)
		}
		h.discover([]string{productKey}, numbered("fw", 20))
		h.sim.Inject(simulator.Fault{Kind: simulator.Countless})
		before := heap()
		h.apply()
		h.pass(time.Minute)
		early := heap()
		h.pass(time.Minute)
		late := heap()
		t.Logf("heap %.0f MiB before, %.0f MiB after a minute with %d batches, %.0f MiB after two", before, early, len(h.store.Snapshot()), late)
		if n := len(h.store.Snapshot()); n != 20_000 || h.value(listsFailing(aliyun.OpListOTAFirmware)) != 1 {
			t.Errorf("%d batches are watched, want 20,000, and that the list of packages fails", n)
		}
		if late-before > 100 {
			t.Errorf("heap %.0f MiB before, %.0f MiB after a minute, %.0f MiB after two", before, early, late)
		}
	})
}
