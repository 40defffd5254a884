package poll_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/conditions"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
)

// heap is the size of the live heap in MiB.
func heap() float64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / (1 << 20)
}

// The read of an impossible list ends: it fails, says why, and costs little. What was
// known stays, and other lists are read as usual.
func TestListsThatNoAccountHas(t *testing.T) {
	for kind, c := range map[gateway.Kind]struct {
		why  string // the error
		most int    // batches that are found in it
	}{
		gateway.Overfull:  {"a page of the list has more than 200 entries, but 200 were requested", 0},
		gateway.Growing:   {"the list grows faster than it can be read: from 400 entries by its Total to 600 while 2 pages were read", 400},
		gateway.Repeating: {"page 2 repeats entries of the pages before it, although the list has 50000 entries by its Total", 200},
		gateway.Hollow:    {"page 2 is empty, although the list has 50000 entries by its Total, and 200 have come", 200},
	} {
		t.Run(string(kind), func(t *testing.T) {
			harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
				h.PutPackage("fw-1", "job-1")
				h.PutPackage("fw-2", "job-2")
				h.Discover(nil, []string{"fw-1", "fw-2"})
				h.Apply()
				h.Pass(time.Minute)
				h.WantIDs("job-1", "job-2")
				mend := h.Sim.Inject(gateway.Fault{Operation: aliyun.OpListOTAJobByFirmware, FirmwareID: "fw-1", Kind: kind})
				h.Within(3*time.Minute, "the list fails", func() bool { return h.Value(harness.ListsFailing(aliyun.OpListOTAJobByFirmware)) == 1 })
				h.Pass(30 * time.Second)
				if n := strings.Count(h.Logs.String(), "reading a list fails"); n != 1 {
					t.Errorf("%d lines of the log, want one:\n%s", n, h.Logs.String()[:min(h.Logs.Len(), 2000)])
				}
				lists := strings.Join(harness.Unreadable(harness.Document(t, h.Page("text=job-1"))), "\n")
				for _, want := range []string{"package fw-1, account production: ", " decode, ", c.why} {
					if !strings.Contains(lists, want) {
						t.Errorf("no %q in %q", want, lists)
					}
				}
				found := len(h.Store.Snapshot()) - 2
				t.Logf("%d batches are found", found)
				if found > c.most || h.State("job-1") == nil {
					t.Errorf("%d batches are found, want %d, and job-1 stays: %v", found, c.most, h.State("job-1") != nil)
				}
				if age := time.Since(h.State("job-2").TrueAt()); age > 15*time.Second {
					t.Errorf("the batch of the other list is %v old", age)
				}
				mend()
				h.Pass(2 * time.Minute)
				if n := h.Value(harness.ListsFailing(aliyun.OpListOTAJobByFirmware)); n != 0 {
					t.Errorf("%v lists fail after it was mended", n)
				}
			})
		})
	}
}

// The same holds for firmware lists.
func TestPackageListsThatNoAccountHas(t *testing.T) {
	for kind, c := range map[gateway.Kind]struct {
		why  string
		most int // packages that are found in it
	}{
		gateway.Overfull:  {"a page of the list has 200 entries, but 100 were requested", 0},
		gateway.Growing:   {"the list grows faster than it can be read", 200},
		gateway.Countless: {"the list has 2147483647 entries by its Total; only the first 500 are read", 500},
		gateway.Repeating: {"page 2 repeats entries", 100},
		gateway.Hollow:    {"page 2 is empty", 100},
	} {
		t.Run(string(kind), func(t *testing.T) {
			harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
				h.PutPackage("fw-1", "job-1")
				h.Discover([]string{harness.ProductKey}, nil)
				h.Apply()
				h.Pass(time.Minute)
				h.Sim.Inject(gateway.Fault{Operation: aliyun.OpListOTAFirmware, Kind: kind})
				h.Pass(10 * time.Minute)
				if n := h.Value(harness.ListsFailing(aliyun.OpListOTAFirmware)); n != 1 {
					t.Errorf("%v lists fail, want 1", n)
				}
				if text := strings.Join(harness.Unreadable(harness.Document(t, h.Page(""))), "\n"); !strings.Contains(text, c.why) {
					t.Errorf("no %q in %q", c.why, text)
				}
				if n := h.Value(fmt.Sprintf("discovery_firmwares{account=%q,product_key=%q}", "production", harness.ProductKey)); int(n) > 1+c.most {
					t.Errorf("%v packages, want at most %d", n, c.most)
				}
				h.WantIDs("job-1")
				if age := time.Since(h.State("job-1").TrueAt()); age > 16*time.Second {
					t.Errorf("the known batch is %v old", age)
				}
			})
		})
	}
}

// Entries with hostile ids are left out, and the rest of the list is read.
func TestListsWithLongIDs(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		h.PutPackage("fw-1", "job-1")
		h.Discover(nil, []string{"fw-1"})
		h.Apply()
		h.Pass(time.Minute)
		h.Sim.Inject(gateway.Fault{Operation: aliyun.OpListOTAJobByFirmware, Kind: gateway.LongIDs})
		h.Pass(10 * time.Minute)
		h.WantIDs("job-1")
		if n := h.Logs.Len(); n > 10_000 {
			t.Errorf("%d bytes of log", n)
		}
	})
}

// A page of devices that holds more than was asked for is not counted.
func TestDevicesBeyondThePage(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		h.CountDevices()
		h.ConfigureOrdinary("fw-1", "job-1")
		h.Sim.Inject(gateway.Fault{Operation: aliyun.OpListOTATaskByJob, Kind: gateway.Overfull})
		h.Apply()
		h.Pass(5 * time.Minute)
		if h.State("job-1").Devices != nil {
			t.Error("the devices are counted")
		}
		if want := "a page of the list has 200 entries, but 100 were requested"; strings.Count(h.Logs.String(), want) != 1 {
			t.Errorf("the log does not say once that %s:\n%s", want, &h.Logs)
		}
	})
}

// Endless lists, all at once, need no more memory than the most batches that an account
// may watch.
func TestListsWithoutAnEndNeedLittleMemory(t *testing.T) {
	conditions.SkipUnderRace(t, "measures the heap")
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		for _, fw := range harness.Numbered("fw", 20) {
			h.PutPackage(fw)
		}
		h.Discover([]string{harness.ProductKey}, harness.Numbered("fw", 20))
		h.Sim.Inject(gateway.Fault{Kind: gateway.Countless})
		before := heap()
		h.Apply()
		h.Pass(20 * time.Second)
		early := heap()
		h.Pass(5 * time.Second)
		late := heap()
		t.Logf("heap %.0f MiB before, %.0f MiB after 20 s with %d batches, %.0f MiB after 25 s", before, early, len(h.Store.Snapshot()), late)
		if n := len(h.Store.Snapshot()); n != 20_000 || h.Value(harness.ListsFailing(aliyun.OpListOTAFirmware)) != 1 {
			t.Errorf("%d batches are watched, want 20,000, and that the list of packages fails", n)
		}
		if late-before > 100 {
			t.Errorf("heap %.0f MiB before, %.0f MiB after 20 s, %.0f MiB after 25 s", before, early, late)
		}
	})
}
