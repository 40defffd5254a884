package poll_test

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/conditions"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
)

// When lists change between their pages, no remaining batch is lost, and new ones are found
// by the next read.
func TestDiscoveryOfListsThatChange(t *testing.T) {
	conditions.SkipUnderRace(t, "hundreds of packages, many times")
	const batches, packages = 2*aliyun.JobsPerPage + 20, 2*aliyun.FirmwaresPerPage + 10 // three pages each
	for _, list := range []struct {
		operation string
		prepare   func(h *harness.Harness) (jobIDs []string)
		add, take func(h *harness.Harness, n int) (jobID string) // an entry of the list
		within    time.Duration                                  // a change is to be found
	}{
		{
			aliyun.OpListOTAJobByFirmware,
			func(h *harness.Harness) []string {
				ids := harness.Numbered("job", batches)
				h.PutPackage("fw-1", ids...)
				h.Discover(nil, []string{"fw-1"})
				return ids
			},
			func(h *harness.Harness, n int) string {
				id := fmt.Sprintf("new-%04d", n)
				h.PutRunning("fw-1", id)
				return id
			},
			func(h *harness.Harness, n int) string { // into a package that nobody reads
				id := fmt.Sprintf("job-%04d", n)
				h.PutRunning("fw-elsewhere", id)
				return id
			},
			15 * time.Second,
		},
		{
			aliyun.OpListOTAFirmware,
			func(h *harness.Harness) []string {
				ids := harness.Numbered("job", packages)
				for i, fw := range harness.Numbered("fw", packages) {
					h.PutPackage(fw, ids[i])
				}
				h.Setup.Rules.Interval = 5 * time.Minute // each package has a list
				h.Discover([]string{harness.ProductKey}, nil)
				return ids
			},
			func(h *harness.Harness, n int) string {
				id := fmt.Sprintf("new-%04d", n)
				h.PutPackage(fmt.Sprintf("fw-new-%04d", n), id)
				return id
			},
			func(h *harness.Harness, n int) string {
				h.Sim.DeleteFirmware(fmt.Sprintf("fw-%04d", n))
				return fmt.Sprintf("job-%04d", n)
			},
			time.Minute + 30*time.Second, // an interval, and 210 lists at 10 a second
		},
	} {
		// Each is called before the n-th call of the list; page is the one asked for.
		for name, change := range map[string]func(n, page int, add, take func()){
			"one is added before the second page":    func(n, _ int, add, _ func()) { when(n == 2, add) },
			"one is deleted before the second page":  func(n, _ int, _, take func()) { when(n == 2, take) },
			"one is deleted before the last page":    func(n, _ int, _, take func()) { when(n == 3, take) },
			"one is added and one deleted at once":   func(n, _ int, add, take func()) { when(n == 2, take); when(n == 2, add) },
			"one is added before each of 100 calls":  func(n, _ int, add, _ func()) { when(n <= 100, add) },
			"one is deleted before each of 30 calls": func(n, _ int, _, take func()) { when(n <= 30, take) },
			"one is deleted before each second page": func(n, page int, _, take func()) { when(page == 2 && n < 30, take) },
		} {
			t.Run(list.operation+"/"+name, func(t *testing.T) {
				harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
					want := list.prepare(h)
					calls, added, taken := 0, 0, 0
					h.BeforeCalls(func(operation string, r *http.Request) {
						if operation != list.operation {
							return
						}
						calls++
						page, _ := strconv.Atoi(r.URL.Query().Get("CurrentPage"))
						change(calls, page,
							func() { want = append(want, list.add(h, added)); added++ },
							func() {
								id := list.take(h, taken*7)
								taken++
								want = slices.DeleteFunc(want, func(o string) bool { return o == id })
							})
					})
					h.Apply()
					h.Pass(list.within)
					missing := func() string {
						known := h.IDs()
						for _, id := range want {
							if !slices.Contains(known, id) {
								return id
							}
						}
						return ""
					}
					h.Within(2*list.within, "all batches found", func() bool { return missing() == "" })
					if id := missing(); id != "" {
						t.Errorf("%s is not found", id)
					}
					h.CheckDiscoveredOnce(h.IDs()...)
				})
			})
		}
	}
}

// when keeps a case of the table on one line.
func when(now bool, do func()) {
	if now {
		do()
	}
}

// A reload in the middle of a read does not mix up the reads before and after it.
func TestReloadsInMidRead(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		h.Sim.Inject(gateway.Fault{Latency: 700 * time.Millisecond})
		h.Sim.Record(true)
		var want []string
		for i, fw := range harness.Numbered("fw", 110) {
			want = append(want, fmt.Sprintf("job-%04d", i))
			h.PutPackage(fw, want[i])
		}
		h.PutPackage("long", harness.Numbered("long", 450)...)
		want = append(want, harness.Numbered("long", 450)...)
		h.CountDevices()
		h.Discover([]string{harness.ProductKey}, nil)
		for i := range 40 {
			h.Account().Discover[0].Products = []string{harness.ProductKey}
			h.Apply()
			h.Pass(time.Duration(i) * 91 * time.Millisecond)
			h.Account().Discover[0].Products = nil
			h.Apply()
			if i%2 == 0 {
				h.Pass(50 * time.Millisecond)
			}
			h.WantIDs()
		}
		h.Account().Discover[0].Products = []string{harness.ProductKey}
		h.Apply()
		h.Pass(time.Minute)
		h.WantIDs(want...)
		h.CheckBudget()
		before := h.Calls(aliyun.OpListOTAFirmware)
		h.Pass(2 * time.Minute)
		if calls := h.Calls(aliyun.OpListOTAFirmware) - before; calls < 4 || calls > 5 {
			t.Errorf("%d calls for two pages every minute, in two", calls)
		}
	})
}
