package collector_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector"
)

const productKey = "a19mzPZ0001"

// discover adds an entry to what is discovered, in the public instance.
func (h *harness) discover(products, firmwares []string) {
	a := &h.setup.Accounts[0]
	a.Discover = append(a.Discover, collector.Discover{
		Region: "cn-shanghai", Instance: aliyun.Instance{URL: "http://iot.cn-shanghai.aliyuncs.com"},
		Products: products, Firmwares: firmwares,
	})
}

// pack adds a package of productKey with batches that stay IN_PROGRESS.
func (h *harness) pack(firmwareID string, jobIDs ...string) {
	h.sim.AddFirmware(simulator.Firmware{Account: "main", ID: firmwareID, ProductKey: productKey, Name: "firmware", DestVersion: "2"})
	for _, id := range jobIDs {
		h.batch(firmwareID, id)
	}
}

func (h *harness) batch(firmwareID, jobID string) {
	h.sim.AddBatch(simulator.Batch{Account: "main", FirmwareID: firmwareID, JobID: jobID, Status: "IN_PROGRESS", Start: time.Now()})
}

// behind calls a function before the simulator sees a call. It may change the
// simulator.
func (h *harness) behind(before func(operation string, r *http.Request)) {
	h.serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		before(r.Header.Get("X-Acs-Action"), r)
		h.sim.ServeHTTP(w, r)
	}))
}

// rewrite changes the answers to an operation.
func (h *harness) rewrite(operation string, change func(r *http.Request, answer map[string]any)) {
	h.serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Acs-Action") != operation {
			h.sim.ServeHTTP(w, r)
			return
		}
		recorded := httptest.NewRecorder()
		h.sim.ServeHTTP(recorded, r)
		var answer map[string]any
		if err := json.Unmarshal(recorded.Body.Bytes(), &answer); err != nil {
			h.t.Error(err)
		}
		change(r, answer)
		w.WriteHeader(recorded.Code)
		if err := json.NewEncoder(w).Encode(answer); err != nil {
			h.t.Error(err)
		}
	}))
}

// serve lets another handler answer in place of the simulator.
func (h *harness) serve(handler http.Handler) {
	dial, stop := simulator.Pipe(handler)
	h.dial = dial
	h.t.Cleanup(stop)
	h.t.Cleanup(h.poller.Stop) // before the server
}

// ids are the batches that are watched.
func (h *harness) ids() []string {
	synctest.Wait()
	var ids []string
	for _, s := range h.store.Snapshot() {
		ids = append(ids, s.JobID)
	}
	return ids
}

// state is what is known of a batch, nil when it is not watched.
func (h *harness) state(jobID string) *collector.State {
	synctest.Wait()
	for _, s := range h.store.Snapshot() {
		if s.JobID == jobID {
			return s
		}
	}
	return nil
}

func (h *harness) wantIDs(want ...string) {
	h.t.Helper()
	slices.Sort(want)
	if diff := cmp.Diff(want, h.ids()); diff != "" {
		h.t.Errorf("watched batches (-want +got):\n%s", diff)
	}
}

// numbered are n names with a prefix, in alphabetical order.
func numbered(prefix string, n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("%s-%04d", prefix, i)
	}
	return names
}

func TestDiscoveryFinds(t *testing.T) {
	collector.SkipUnderRace(t, "hundreds of packages")
	for name, c := range map[string]struct {
		world func(h *harness)
		want  []string
	}{
		"nothing in a product without packages": {func(h *harness) {
			h.pack("fw-1")
			h.sim.DeleteFirmware("fw-1")
			h.discover([]string{productKey}, nil)
		}, nil},
		"every batch of every package of a product": {func(h *harness) {
			h.pack("fw-1", "job-1", "job-2")
			h.pack("fw-2")
			h.pack("fw-3", "job-3")
			h.sim.AddBatch(simulator.Batch{Account: "main", FirmwareID: "of another product", JobID: "other"})
			h.discover([]string{productKey}, nil)
		}, []string{"job-1", "job-2", "job-3"}},
		"every batch of a package, and no other": {func(h *harness) {
			h.pack("fw-1", "job-1", "job-2")
			h.pack("fw-2", "other")
			h.discover(nil, []string{"fw-1"})
		}, []string{"job-1", "job-2"}},
		"a package that its product has too, once": {func(h *harness) {
			h.pack("fw-1", "job-1")
			h.pack("fw-2", "job-2")
			h.discover([]string{productKey}, []string{"fw-1"})
		}, []string{"job-1", "job-2"}},
		"packages of an instance": {func(h *harness) {
			h.sim.AddBatch(simulator.Batch{Account: "main", InstanceID: "iot-1", FirmwareID: "fw-1", JobID: "job-1"})
			h.discover(nil, []string{"fw-1"})
			h.setup.Accounts[0].Discover[0].Instance.ID = "iot-1"
		}, []string{"job-1"}},
		"two and a half pages of packages": {func(h *harness) {
			for i, id := range numbered("job", 250) {
				h.pack(fmt.Sprint("fw-", i), id)
			}
			h.discover([]string{productKey}, nil)
		}, numbered("job", 250)},
		"exactly two pages of packages": {func(h *harness) {
			for i, id := range numbered("job", 200) {
				h.pack(fmt.Sprint("fw-", i), id)
			}
			h.discover([]string{productKey}, nil)
		}, numbered("job", 200)},
		"two and a half pages of batches": {func(h *harness) {
			h.pack("fw-1", numbered("job", 500)...)
			h.discover(nil, []string{"fw-1"})
		}, numbered("job", 500)},
		"exactly two pages of batches": {func(h *harness) {
			h.pack("fw-1", numbered("job", 400)...)
			h.discover(nil, []string{"fw-1"})
		}, numbered("job", 400)},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHarness(t)
				c.world(h)
				h.apply()
				h.pass(40 * time.Second) // 250 calls at 10 a second
				h.wantIDs(c.want...)
				h.pass(2 * time.Minute)
				h.wantIDs(c.want...)
				for _, id := range c.want {
					if n := strings.Count(h.logs.String(), `msg="batch discovered" job_id=`+id+" "); n != 1 {
						t.Errorf("%s discovered %d times", id, n)
					}
				}
				if n := h.value(`exporter_jobs{account="production",origin="discovered"}`); int(n) != len(c.want) {
					t.Errorf("exporter_jobs says %v, want %d", n, len(c.want))
				}
			})
		})
	}
}

// Lists that change between their pages lose nothing that is there all the
// time, and what is new is there with the next read.
func TestDiscoveryOfListsThatChange(t *testing.T) {
	collector.SkipUnderRace(t, "hundreds of packages, many times")
	const pages = 3
	for _, list := range []struct {
		operation string
		entries   int
		world     func(h *harness) []string
		add, take func(h *harness, n int) (jobID string)
		within    time.Duration
	}{
		{
			aliyun.OpListOTAJobByFirmware, pages * aliyun.JobsPerPage, func(h *harness) []string {
				h.pack("fw-1", numbered("job", pages*aliyun.JobsPerPage)...)
				h.discover(nil, []string{"fw-1"})
				return numbered("job", pages*aliyun.JobsPerPage)
			},
			func(h *harness, n int) string {
				id := fmt.Sprintf("new-%04d", n)
				h.batch("fw-1", id)
				return id
			},
			func(h *harness, n int) string { // to a package that nobody reads
				id := fmt.Sprintf("job-%04d", n)
				h.batch("fw-elsewhere", id)
				return id
			},
			15 * time.Second,
		},
		{
			aliyun.OpListOTAFirmware, pages * aliyun.FirmwaresPerPage, func(h *harness) []string {
				for i, id := range numbered("job", pages*aliyun.FirmwaresPerPage) {
					h.pack(fmt.Sprintf("fw-%04d", i), id)
				}
				h.discover([]string{productKey}, nil)
				return numbered("job", pages*aliyun.FirmwaresPerPage)
			},
			func(h *harness, n int) string {
				id := fmt.Sprintf("new-%04d", n)
				h.pack(fmt.Sprintf("fw-new-%04d", n), id)
				return id
			},
			func(h *harness, n int) string {
				h.sim.DeleteFirmware(fmt.Sprintf("fw-%04d", n))
				return fmt.Sprintf("job-%04d", n)
			},
			time.Minute + 40*time.Second, // an interval, and 300 lists at 10 a second
		},
	} {
		for name, c := range map[string]struct {
			// change is called before the n-th call of the list; page is the one asked for.
			change func(n, page int, add, take func())
		}{
			"one is added before the second page":    {func(n, _ int, add, _ func()) { once(n == 2, add) }},
			"one is deleted before the second page":  {func(n, _ int, _, take func()) { once(n == 2, take) }},
			"one is deleted before the last page":    {func(n, _ int, _, take func()) { once(n == 3, take) }},
			"one is added and one deleted at once":   {func(n, _ int, add, take func()) { once(n == 2, take); once(n == 2, add) }},
			"one is added before each of 100 calls":  {func(n, _ int, add, _ func()) { once(n <= 100, add) }},
			"one is deleted before each of 30 calls": {func(n, _ int, _, take func()) { once(n <= 30, take) }},
			"one is deleted before each second page": {func(n, page int, _, take func()) { once(page == 2 && n < 30, take) }},
		} {
			t.Run(list.operation+"/"+name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					h := newHarness(t)
					want := list.world(h)
					calls, added, taken := 0, 0, 0
					h.behind(func(operation string, r *http.Request) {
						page, _ := strconv.Atoi(r.URL.Query().Get("CurrentPage"))
						if operation != list.operation {
							return
						}
						calls++
						c.change(calls, page,
							func() { want = append(want, list.add(h, added)); added++ },
							func() {
								id := list.take(h, taken*7)
								taken++
								want = slices.DeleteFunc(want, func(o string) bool { return o == id })
							})
					})
					h.apply()
					h.pass(list.within)
					synctest.Wait()
					for deadline := time.Now().Add(2 * list.within); ; {
						known := h.ids()
						missing := slices.IndexFunc(want, func(id string) bool { return !slices.Contains(known, id) })
						if missing < 0 {
							break
						}
						if time.Now().After(deadline) {
							t.Fatalf("%s is not found", want[missing])
						}
						h.pass(time.Second)
					}
					for _, id := range h.ids() {
						if n := strings.Count(h.logs.String(), `msg="batch discovered" job_id=`+id+" "); n != 1 {
							t.Errorf("%s discovered %d times", id, n)
						}
					}
				})
			})
		}
	}
}

func once(now bool, do func()) {
	if now {
		do()
	}
}

// within is how long something takes to be so, in steps of 100 ms; it fails
// the test when that is longer than limit.
func (h *harness) within(limit time.Duration, what string, so func() bool) time.Duration {
	h.t.Helper()
	start := time.Now()
	for !so() {
		if time.Since(start) > limit {
			h.t.Errorf("%s: not within %v", what, limit)
			break
		}
		h.pass(100 * time.Millisecond)
	}
	return time.Since(start)
}

func TestDiscoveryNoticesNewBatches(t *testing.T) {
	for name, c := range map[string]struct {
		interval time.Duration
		add      func(h *harness)
	}{
		"in a known package":                        {15 * time.Second, func(h *harness) { h.batch("fw-1", "new") }},
		"in a new package":                          {15 * time.Second, func(h *harness) { h.pack("fw-2", "new") }},
		"where jobs are polled every 10 minutes":    {10 * time.Minute, func(h *harness) { h.batch("fw-1", "new") }},
		"in a new package, with jobs every 10 min.": {10 * time.Minute, func(h *harness) { h.pack("fw-2", "new") }},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHarness(t)
				h.setup.Rules.Interval = c.interval
				h.sim.Inject(simulator.Fault{Latency: 50 * time.Millisecond})
				h.pack("fw-1", numbered("job", 300)...)
				h.discover([]string{productKey}, nil)
				h.apply()
				for range 4 {
					h.pass(61*time.Second + 700*time.Millisecond)
					c.add(h)
					took := h.within(h.setup.Rules.DiscoveryInterval+2*time.Second, "new batch", func() bool { return h.state("new") != nil })
					t.Logf("noticed after %v", took)
					h.sim.DeleteFirmware("fw-2")
					h.batch("fw-elsewhere", "new")
					h.poller.Stop() // and forget it
					h.apply()
					if h.state("new") != nil {
						h.setup.Accounts[0].Discover = nil
						h.apply()
						h.discover([]string{productKey}, nil)
						h.apply()
					}
				}
			})
		})
	}
}

func TestDiscoveryDropsWhatEndedLongAgo(t *testing.T) {
	for name, c := range map[string]struct {
		end   func(h *harness)
		later func(h *harness) // after the end
	}{
		"completed": {end: func(h *harness) {
			h.sim.AddBatch(simulator.Batch{Account: "main", FirmwareID: "fw-1", JobID: "ends", Status: "COMPLETED", End: time.Now()})
		}},
		"cancelled": {end: func(h *harness) {
			h.sim.AddBatch(simulator.Batch{Account: "main", FirmwareID: "fw-1", JobID: "ends", Status: "CANCELED", End: time.Now()})
		}},
		"completed, while the lists fail": {end: func(h *harness) {
			h.sim.AddBatch(simulator.Batch{Account: "main", FirmwareID: "fw-1", JobID: "ends", Status: "COMPLETED", End: time.Now()})
		}, later: func(h *harness) { h.fail("iot.system.SystemException") }},
		"deleted with its package": {end: func(h *harness) { h.sim.DeleteFirmware("fw-1") }},
		"deleted, and no call is answered since": {end: func(h *harness) { h.sim.DeleteFirmware("fw-1") }, later: func(h *harness) {
			h.refuseConnections(true)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHarness(t)
				h.setup.Rules.MaxAge = 3 * time.Hour
				h.pack("fw-1", "ends", "both")
				h.pack("fw-2", "stays")
				h.sim.AddBatch(simulator.Batch{Account: "main", FirmwareID: "fw-2", JobID: "long ago", Status: "COMPLETED", End: time.Now().Add(-4 * time.Hour)})
				h.sim.AddBatch(simulator.Batch{Account: "main", FirmwareID: "fw-2", JobID: "young", Status: "COMPLETED", End: time.Now()})
				h.watch("", "both")
				h.discover([]string{productKey}, nil)
				h.apply()
				h.pass(time.Minute)
				h.wantIDs("both", "ends", "stays", "young")
				c.end(h)
				ended := time.Now()
				h.pass(20 * time.Second)
				if c.later != nil {
					c.later(h)
				}
				h.pass(3*time.Hour - time.Minute - 25*time.Second)
				if h.state("ends") == nil {
					t.Fatal("dropped too early")
				}
				h.pass(25*time.Second + time.Minute)
				h.within(61*time.Second, "dropped", func() bool { return h.state("ends") == nil })
				t.Logf("dropped %v after its end", time.Since(ended))
				h.pass(10 * time.Minute)
				if h.state("both") == nil {
					t.Error("a configured batch is dropped")
				}
				if h.state("stays") == nil {
					t.Error("a batch that goes on is dropped")
				}
				if strings.Contains(h.logs.String(), "long ago") {
					t.Error("a batch that ended long ago was taken up")
				}
				if n := strings.Count(h.logs.String(), `msg="batch discovered" job_id=ends`); n != 1 {
					t.Errorf("discovered %d times", n)
				}
			})
		})
	}
}

// What is known of a batch outlives every change of why it is watched.
func TestDiscoveredAndConfigured(t *testing.T) {
	for name, c := range map[string]struct {
		before, after func(h *harness)
		origin        collector.Origin // after; "": it is not watched any more
	}{
		"discovered, then configured": {func(h *harness) { h.discover([]string{productKey}, nil) }, func(h *harness) { h.watch("", "job-1") }, collector.Configured},
		"both, then only discovered": {func(h *harness) { h.discover([]string{productKey}, nil); h.watch("", "job-1") }, func(h *harness) {
			h.setup.Accounts[0].Targets = nil
		}, collector.Discovered},
		"both, then only configured": {func(h *harness) { h.discover(nil, []string{"fw-1"}); h.watch("", "job-1") }, func(h *harness) {
			h.setup.Accounts[0].Discover = nil
		}, collector.Configured},
		"configured, then only discovered": {func(h *harness) { h.watch("", "job-1") }, func(h *harness) {
			h.setup.Accounts[0].Targets = nil
			h.discover(nil, []string{"fw-1"})
		}, collector.Discovered},
		"by its product, then by its package": {func(h *harness) { h.discover([]string{productKey}, nil) }, func(h *harness) {
			h.setup.Accounts[0].Discover = nil
			h.discover(nil, []string{"fw-1"})
		}, collector.Discovered},
		"by its product and its package, then by its product": {func(h *harness) { h.discover([]string{productKey}, []string{"fw-1"}) }, func(h *harness) {
			h.setup.Accounts[0].Discover[0].Firmwares = nil
		}, collector.Discovered},
		"by its product and its package, then by its package": {func(h *harness) { h.discover([]string{productKey}, []string{"fw-1"}) }, func(h *harness) {
			h.setup.Accounts[0].Discover[0].Products = nil
		}, collector.Discovered},
		"by its product, then by another": {func(h *harness) { h.discover([]string{productKey}, nil) }, func(h *harness) {
			h.setup.Accounts[0].Discover[0].Products = []string{"another"}
		}, ""},
		"by its package, then by none": {func(h *harness) { h.discover(nil, []string{"fw-1", "fw-2"}) }, func(h *harness) {
			h.setup.Accounts[0].Discover[0].Firmwares = []string{"fw-2"}
		}, ""},
		"by its product, then in another instance": {func(h *harness) { h.discover([]string{productKey}, nil) }, func(h *harness) {
			h.setup.Accounts[0].Discover[0].Instance.ID = "iot-1"
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHarness(t)
				h.pack("fw-1", "job-1")
				h.pack("fw-2", "job-2")
				c.before(h)
				h.apply()
				h.pass(20 * time.Second)
				before := h.state("job-1")
				if before == nil || before.AsOf.IsZero() {
					t.Fatal("not known before")
				}
				c.after(h)
				h.poller.Apply(t.Context(), h.setup)
				after := snapshotOf(h.store, "job-1")
				switch {
				case c.origin == "" && after != nil:
					t.Errorf("still watched: %+v", after.Target)
				case c.origin != "" && after == nil:
					t.Error("not watched any more")
				case after != nil && (after.Origin != c.origin || !after.AsOf.Equal(before.AsOf) || after.Job == nil):
					t.Errorf("origin %s, known as of %v, want %s, %v", after.Origin, after.AsOf, c.origin, before.AsOf)
				}
				h.pass(5 * time.Minute)
				if n := h.samples("job_poll_success", `job_id="job-1"`); n > 1 || n == 1 != (c.origin != "") {
					t.Errorf("%d series of the batch", n)
				}
				if after != nil && strings.Contains(h.logs.String()[strings.LastIndex(h.logs.String(), "discovered")+1:], "dropped") {
					t.Error("dropped later")
				}
			})
		})
	}
}

// snapshotOf is state without waiting.
func snapshotOf(store *collector.Store, jobID string) *collector.State {
	for _, s := range store.Snapshot() {
		if s.JobID == jobID {
			return s
		}
	}
	return nil
}

// Whatever a list fails with, no batch that is known is dropped, all go on
// being polled, and the lists are back one wait after the end of the fault.
func TestFailingListsDropNothing(t *testing.T) {
	for name, c := range failures {
		for _, operation := range []string{aliyun.OpListOTAFirmware, aliyun.OpListOTAJobByFirmware} {
			t.Run(operation+"/"+name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					h := newHarness(t)
					h.pack("fw-1", "job-1", "job-2")
					h.pack("fw-2", "job-3")
					h.discover([]string{productKey}, nil)
					h.apply()
					h.pass(time.Minute)
					fault := c.fault
					fault.Operation = operation
					mend := h.sim.Inject(fault)
					h.pass(20 * time.Minute)
					h.wantIDs("job-1", "job-2", "job-3")
					if n := h.samples("job_poll_success", "} 1"); n != 3 {
						t.Errorf("%d batches are polled well, want 3", n)
					}
					for _, s := range h.store.Snapshot() {
						if age := time.Since(s.TrueAt()); age > 16*time.Second {
							t.Errorf("%s is %v old", s.JobID, age)
						}
					}
					failed := fmt.Sprintf(`api_requests_total{account="production",operation=%q,result=%q}`, operation, c.class)
					if h.value(failed) == 0 {
						t.Errorf("%s is 0", failed)
					}
					if c.class != aliyun.ClassThrottled && !strings.Contains(h.logs.String(), "class="+string(c.class)) {
						t.Errorf("no line of the log tells:\n%s", h.logs.String())
					}
					if n := strings.Count(h.logs.String(), "fails"); n > 2 {
						t.Errorf("%d lines of the log about it:\n%s", n, h.logs.String())
					}
					mend()
					h.pack("fw-3", "new")
					h.batch("fw-1", "new-1")
					limit := 5*time.Minute + 10*time.Second
					if c.class == aliyun.ClassAuth || c.class == aliyun.ClassPermission || c.class == aliyun.ClassTransport || c.class == aliyun.ClassTimeout {
						limit = time.Minute + 15*time.Second
					}
					h.within(limit, "lists are back", func() bool { return h.state("new") != nil && h.state("new-1") != nil })
				})
			})
		}
	}
}

func TestDiscoveryOf500Packages(t *testing.T) {
	collector.SkipUnderRace(t, "500 packages")
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		h.sim.Record(true)
		h.sim.Inject(simulator.Fault{Latency: 50 * time.Millisecond})
		h.setup.Accounts[0].DeviceCounts = true
		for i, fw := range numbered("fw", 500) {
			h.pack(fw, fmt.Sprintf("live-%04d", i/10), fmt.Sprintf("live-%04d", i/10))
			h.sim.AddBatch(simulator.Batch{Account: "main", FirmwareID: fw, JobID: fmt.Sprintf("settled-%04d", i), Status: "COMPLETED", End: time.Now()})
		}
		configured := numbered("configured", 100)
		for _, id := range configured {
			h.batch("of-another-product", id)
			h.watch("", id)
		}
		h.discover([]string{productKey}, nil)
		h.apply()
		h.pass(2 * time.Minute)
		if got := len(h.ids()); got != 50+500+100 {
			t.Errorf("%d batches are watched", got)
		}
		worst, worstList := time.Duration(0), time.Duration(0)
		for range 40 {
			h.pass(3*time.Second + 100*time.Millisecond)
			for _, s := range h.store.Snapshot() {
				if s.Origin == collector.Configured {
					worst = max(worst, time.Since(s.AsOf))
				} else {
					worstList = max(worstList, time.Since(s.TrueAt()))
				}
			}
		}
		t.Logf("worst age of a configured batch %v, of a discovered one %v", worst, worstList)
		if limit := 17 * time.Second; worst > limit { // 100 in 10 slots and 15 s
			t.Errorf("a configured batch is %v old, want %v", worst, limit)
		}
		if promised := h.value("expected_poll_age_seconds{"); worst.Seconds() > promised {
			t.Errorf("%v s were promised", promised)
		}
		for _, operation := range aliyun.Operations {
			arrivals := h.sim.Arrivals("main", operation)
			window := simulator.WorstWindow(arrivals, time.Second)
			t.Logf("%s: %d calls, at most %d in a second", operation, len(arrivals), window)
			if window > 10 {
				t.Errorf("%s: over the budget", operation)
			}
		}
	})
}

// Long lists are read page after page, also where there are more packages than
// calls in the interval.
func TestLongListAmongManyPackages(t *testing.T) {
	collector.SkipUnderRace(t, "2,300 batches")
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		h.sim.Inject(simulator.Fault{Operation: aliyun.OpListOTAJobByFirmware, Latency: 50 * time.Millisecond})
		for i, fw := range numbered("fw", 300) {
			h.pack(fw, fmt.Sprintf("job-%04d", i))
		}
		h.pack("long", numbered("long", 2000)...)
		h.discover([]string{productKey}, nil)
		h.apply()
		h.pass(2 * time.Minute)
		if got := len(h.ids()); got != 2300 {
			t.Fatalf("%d batches found, want 2300", got)
		}
		h.batch("long", "new")
		took := h.within(time.Minute, "the new batch on the last page", func() bool { return h.state("new") != nil })
		t.Logf("noticed after %v", took)
		worst := time.Duration(0)
		for range 60 {
			h.pass(2 * time.Second)
			for _, s := range h.store.Snapshot() {
				if strings.HasPrefix(s.JobID, "long") {
					worst = max(worst, time.Since(s.TrueAt()))
				}
			}
		}
		t.Logf("worst age of a status %v", worst)
		if worst > 40*time.Second { // 311 calls at 9.5 a second take 33 s
			t.Errorf("a status is %v old", worst)
		}
	})
}

func TestDiscoveredBatchesAreThereAfterARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "state")
		first := newHarness(t)
		stop := first.keep(path, time.Minute)
		first.setup.Accounts[0].DeviceCounts = true
		first.pack("fw-1", "job-1", "job-2")
		first.sim.AddBatch(simulator.Batch{Account: "main", FirmwareID: "fw-1", JobID: "counted", Devices: simulator.Devices{Count: 5, Offline: 1}})
		first.sim.AddBatch(simulator.Batch{Account: "main", FirmwareID: "fw-1", JobID: "settled", Status: "COMPLETED", End: time.Now()})
		first.pack("fw-2", "of fw-2")
		first.discover([]string{productKey}, nil)
		first.discover(nil, []string{"fw-2"})
		first.apply()
		first.pass(time.Minute)
		first.poller.Stop()
		before := first.jobs()
		stop()

		second := newHarness(t)
		second.redirectTo(first)
		second.refuseConnections(true)
		defer second.keep(path, time.Minute)()
		second.setup = first.setup
		second.poller.Apply(t.Context(), second.setup)
		after := jobFamilies(get(second.handler).Body.String())
		if diff := cmp.Diff(before, after); diff != "" || !strings.Contains(after, "job_devices{") {
			t.Errorf("first scrape (-before +after):\n%s", diff)
		}
		second.pass(time.Hour)
		if diff := cmp.Diff(withoutPoll(before), withoutPoll(second.jobs())); diff != "" {
			t.Errorf("while the API is down (-before +after):\n%s", diff)
		}
		second.refuseConnections(false)
		second.batch("fw-2", "new")
		second.pass(time.Minute + 15*time.Second)
		second.wantIDs("counted", "job-1", "job-2", "new", "of fw-2", "settled")
		for _, s := range second.store.Snapshot() {
			if time.Since(s.TrueAt()) > 16*time.Second {
				t.Errorf("%s: true as of %v ago", s.JobID, time.Since(s.TrueAt()))
			}
		}
	})
}

// A permission that is missing costs one call a wait, and the other operations
// go on.
func TestOnePermissionIsMissing(t *testing.T) {
	collector.SkipUnderRace(t, "many hours")
	waits := map[string]time.Duration{
		aliyun.OpQueryOTAJob:          15 * time.Second,
		aliyun.OpListOTAJobByFirmware: 12 * time.Second,
		aliyun.OpListOTAFirmware:      time.Minute,
		aliyun.OpListOTATaskByJob:     time.Minute,
	}
	for _, denied := range aliyun.Operations {
		for _, code := range []string{"", "iot.common.RamActionPermissionDeny"} {
			if code != "" && denied != aliyun.OpListOTAJobByFirmware {
				continue // one of the other form is enough
			}
			t.Run(denied+" by "+code, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					h := newHarness(t)
					key := simulator.Key{ID: "id", Secret: "secret", Deny: []string{denied}, DenyCode: code}
					h.sim.AddAccount(simulator.Account{Name: "main", Keys: []simulator.Key{key}})
					var firmwares []string
					for i, fw := range numbered("fw", 40) {
						h.pack(fw)
						h.sim.AddBatch(simulator.Batch{Account: "main", FirmwareID: fw, JobID: fmt.Sprintf("job-%04d", i), Devices: simulator.Devices{Count: 5, Offline: 1}})
						firmwares = append(firmwares, fw)
					}
					h.watch("", "job-0000")
					h.discover([]string{productKey}, firmwares[:30])
					h.setup.Accounts[0].DeviceCounts = true
					h.setup.Accounts[0].BulkStatus = true
					h.apply()
					h.pass(5 * time.Minute)
					var before [4]int
					for i, operation := range aliyun.Operations {
						before[i] = total(h.sim.Calls("main", operation))
					}
					h.pass(10 * time.Minute)
					for i, operation := range aliyun.Operations {
						calls := total(h.sim.Calls("main", operation)) - before[i]
						switch limit := int(10*time.Minute/waits[operation]) + 1; {
						case operation == denied && (calls > limit || calls < limit*3/4):
							t.Errorf("%s: %d calls in 10 minutes, want %d", operation, calls, limit)
						case operation != denied && calls < 9:
							t.Errorf("%s: only %d calls in 10 minutes", operation, calls)
						}
						metric := fmt.Sprintf(`api_requests_total{account="production",operation=%q,result="permission"}`, operation)
						if got := h.value(metric); got > 0 != (operation == denied) {
							t.Errorf("%s is %v", metric, got)
						}
					}
					if n := strings.Count(h.logs.String(), "class=permission"); n == 0 || n > 45 {
						t.Errorf("%d lines of the log tell of it", n)
					}
					batches := 40
					switch denied {
					case aliyun.OpListOTAJobByFirmware:
						batches = 1 // configured
					case aliyun.OpListOTAFirmware:
						batches = 30
					}
					if got := len(h.ids()); got != batches {
						t.Errorf("%d batches are watched, want %d", got, batches)
					}
					if n := h.samples("job_status", `status="IN_PROGRESS"} 1`); n != batches {
						t.Errorf("%d batches have a status, want %d", n, batches)
					}

					h.sim.AddAccount(simulator.Account{Name: "main", Keys: []simulator.Key{{ID: "id", Secret: "secret"}}})
					h.pass(waits[denied] + 20*time.Second)
					if n := h.samples("job_poll_success", "} 1"); n != 40 {
						t.Errorf("%d batches are polled well after the permission was given", n)
					}
					h.pass(time.Minute)
					if n := h.samples("job_devices_last_success_timestamp_seconds{"); n != 40 {
						t.Errorf("devices of %d batches are counted", n)
					}
				})
			})
		}
	}
}

// A reload while a list is being read does not mix up the reads of before and
// after it.
func TestReloadsInMidRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		h.sim.Inject(simulator.Fault{Latency: 700 * time.Millisecond})
		h.sim.Record(true)
		var want []string
		for i, fw := range numbered("fw", 150) {
			want = append(want, fmt.Sprintf("job-%04d", i))
			h.pack(fw, want[i])
		}
		h.pack("long", numbered("long", 450)...)
		want = append(want, numbered("long", 450)...)
		h.setup.Accounts[0].DeviceCounts = true
		h.discover([]string{productKey}, nil)
		for i := range 100 {
			h.setup.Accounts[0].Discover[0].Products = []string{productKey}
			h.apply()
			h.pass(time.Duration(i) * 37 * time.Millisecond)
			h.setup.Accounts[0].Discover[0].Products = nil
			h.apply()
			if i%2 == 0 {
				h.pass(50 * time.Millisecond)
			}
			h.wantIDs()
		}
		h.setup.Accounts[0].Discover[0].Products = []string{productKey}
		h.apply()
		h.pass(time.Minute)
		h.wantIDs(want...)
		for _, operation := range aliyun.Operations {
			if window := simulator.WorstWindow(h.sim.Arrivals("main", operation), time.Second); window > 10 {
				t.Errorf("%s: %d calls in a second", operation, window)
			}
		}
		before := total(h.sim.Calls("main", aliyun.OpListOTAFirmware))
		h.pass(10 * time.Minute)
		if calls := total(h.sim.Calls("main", aliyun.OpListOTAFirmware)) - before; calls < 20 || calls > 22 {
			t.Errorf("%d calls for two pages every minute, in ten", calls)
		}
	})
}
