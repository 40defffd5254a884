package collector_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-kit/log"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector"
)

// calls is when the simulator was asked for what.
type calls struct {
	mu    sync.Mutex // guards both
	lists []time.Time
	polls map[string][]time.Time // QueryOTAJob, by JobId
}

// spy records the calls.
func (h *harness) spy() *calls {
	c := &calls{polls: make(map[string][]time.Time)}
	h.behind(func(operation string, r *http.Request) {
		c.mu.Lock()
		defer c.mu.Unlock()
		switch operation {
		case aliyun.OpQueryOTAJob:
			id := r.URL.Query().Get("JobId")
			c.polls[id] = append(c.polls[id], time.Now())
		case aliyun.OpListOTAJobByFirmware:
			c.lists = append(c.lists, time.Now())
		}
	})
	return c
}

// since counts the polls of a batch from a moment on.
func (c *calls) since(jobID string, from time.Time) (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, at := range c.polls[jobID] {
		if !at.Before(from) {
			n++
		}
	}
	return n
}

// firstList is when the first list was asked for since a moment.
func (c *calls) firstList(since time.Time) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, at := range c.lists {
		if !at.Before(since) {
			return at
		}
	}
	return time.Time{}
}

// takeLists counts the lists since it was last called.
func (c *calls) takeLists() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := len(c.lists)
	c.lists = nil
	return n
}

// running configures batches of one package that go on for ever, and turns
// bulk_status on.
func (h *harness) running(firmwareID string, jobIDs ...string) {
	for _, id := range jobIDs {
		b := ordinary(time.Now())
		b.Account, b.FirmwareID, b.JobID = "main", firmwareID, id
		h.sim.AddBatch(b)
		h.setup.Accounts[0].Targets = append(h.setup.Accounts[0].Targets, collector.Target{
			Account: "production", Region: "cn-shanghai", Instance: aliyun.Instance{URL: "http://iot.cn-shanghai.aliyuncs.com"},
			JobID: id, Origin: collector.Configured,
		})
	}
	h.setup.Accounts[0].BulkStatus = true
}

func TestListsMakeChangedBatchesDue(t *testing.T) {
	for name, c := range map[string]struct {
		change func(h *harness) error
		want   string // in /metrics
	}{
		"cancelled": {func(h *harness) error { return h.sim.Cancel("job-0007", false) }, `job_status{account="production",job_id="job-0007",status="CANCELED"} 1`},
		"a setting": {func(h *harness) error {
			return h.sim.UpdateBatch("job-0007", func(b *simulator.Batch) { b.MaximumPerMinute = 77 })
		}, `job_push_limit_devices_per_minute{account="production",job_id="job-0007"} 77`},
		"completed": {func(h *harness) error {
			return h.sim.UpdateBatch("job-0007", func(b *simulator.Batch) { b.Status, b.End = "COMPLETED", time.Now() })
		}, `job_status{account="production",job_id="job-0007",status="COMPLETED"} 1`},
	} {
		for slow, latency := range map[string]time.Duration{"": 50 * time.Millisecond, ", over a slow network": time.Second} {
			t.Run(name+slow, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					h := newHarness(t)
					spy := h.spy()
					h.sim.Inject(simulator.Fault{Latency: latency})
					h.running("fw-1", numbered("job", 210)...)
					h.apply()
					h.pass(time.Minute)
					for n := range 2 {
						changed := time.Now()
						if n == 0 {
							if err := c.change(h); err != nil {
								t.Fatal(err)
							}
						} else if err := h.sim.UpdateBatch("job-0007", func(b *simulator.Batch) { b.TimeoutInMinutes += 60 }); err != nil {
							t.Fatal(err)
						}
						h.within(12*time.Second+2*latency+1100*time.Millisecond+200*time.Millisecond, "polled", func() bool { return spy.since("job-0007", changed) > 0 })
						asked := time.Now()
						h.pass(latency)
						if !strings.Contains(h.scrape(), c.want) {
							t.Errorf("not shown: %s\n%s", c.want, h.jobs())
						}
						if took := asked.Sub(spy.firstList(changed).Add(latency)); took > 2*latency+1100*time.Millisecond {
							t.Errorf("polled %v after a list showed it", took)
						}
						h.pass(time.Minute + 300*time.Millisecond)
						if got := spy.since("job-0007", changed); got > 2 {
							t.Errorf("polled %d times for one change", got)
						}
					}
				})
			})
		}
	}
}

// What a list shows is what /metrics shows, and is true as of then.
func TestListsRefreshTheStatus(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		h.running("fw-1", jobID)
		h.apply()
		h.pass(time.Minute)
		h.sim.Inject(simulator.Fault{Operation: aliyun.OpQueryOTAJob, Code: "iot.system.SystemException"})
		h.pass(20 * time.Second)
		cancelled := time.Now()
		if err := h.sim.Cancel(jobID, false); err != nil {
			t.Fatal(err)
		}
		h.pass(12*time.Second + time.Millisecond)
		text := h.jobs()
		checkLine(t, text, "job_end_timestamp_seconds", "", fmt.Sprintf("%g", float64(cancelled.Unix())))
		checkLine(t, text, "job_modified_timestamp_seconds", "", fmt.Sprintf("%g", float64(cancelled.Unix())))
		checkLine(t, text, "job_push_limit_devices_per_minute", "", "1000")
		checkLine(t, text, "job_poll_success", "", "0")
		if h.samples("job_status", `status="CANCELED"} 1`) != 1 {
			t.Errorf("not CANCELED:\n%s", text)
		}
		if age := time.Since(h.state(jobID).TrueAt()); age > 12*time.Second {
			t.Errorf("true as of %v ago", age)
		}
		before := h.value("job_last_success_timestamp_seconds{")
		h.batch("fw-1", "keeps the list read")
		h.watch("", "keeps the list read")
		h.pass(time.Minute)
		if after := h.value("job_last_success_timestamp_seconds{"); after < before {
			t.Errorf("true as of %v, before %v", after, before)
		}
	})
}

func TestUnchangedBatchesAreSeldomPolled(t *testing.T) {
	for _, c := range []struct{ interval, refresh time.Duration }{
		{15 * time.Second, 10 * time.Minute}, {time.Minute, 10 * time.Minute}, {2 * time.Minute, 20 * time.Minute},
	} {
		t.Run(c.interval.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHarness(t)
				spy := h.spy()
				h.setup.Rules.Interval = c.interval
				h.running("fw-1", numbered("job", 20)...)
				h.apply()
				h.pass(5 * time.Second)
				begin := time.Now()
				h.pass(time.Hour)
				for _, id := range numbered("job", 20) {
					if got, want := spy.since(id, begin), int(time.Hour/c.refresh); got < want-1 || got > want {
						t.Errorf("%s polled %d times in an hour, want %d", id, got, want)
					}
					if age := time.Since(h.state(id).TrueAt()); age > c.interval {
						t.Errorf("%s is %v old", id, age)
					}
				}
				if lists, want := spy.takeLists(), int(time.Hour/(c.interval*4/5)); lists < want-2 || lists > want+2 {
					t.Errorf("%d lists in an hour, want %d", lists, want)
				}
			})
		})
	}
}

// Without lists, QueryOTAJob keeps the interval by itself.
func TestListsThatDoNotCome(t *testing.T) {
	for name, fault := range map[string]simulator.Fault{
		"refused":    {Code: "Forbidden.RAM"},
		"failing":    {Code: "iot.system.SystemException"},
		"hanging":    {Kind: simulator.Hang},
		"throttled":  {Code: "Throttling.User"},
		"too slow":   {Latency: 9 * time.Second},
		"package is": {Code: "iot.firmware.FirmwareNotFound"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHarness(t)
				h.running("fw-1", numbered("job", 50)...)
				h.apply()
				h.pass(2 * time.Minute)
				fault.Operation = aliyun.OpListOTAJobByFirmware
				h.sim.Inject(fault)
				worst := time.Duration(0)
				for range 200 {
					h.pass(1700 * time.Millisecond)
					for _, s := range h.store.Snapshot() {
						worst = max(worst, time.Since(s.TrueAt()))
					}
				}
				t.Logf("worst age %v", worst)
				// Fifty that fall due at once take five seconds.
				if worst > 15*time.Second+6*time.Second {
					t.Errorf("worst age %v", worst)
				}
			})
		})
	}
}

// QueryOTAJob is believed over the lists.
func TestListsThatDisagree(t *testing.T) {
	collector.SkipUnderRace(t, "many hours")
	entries := func(answer map[string]any) (data map[string]any, list []any) {
		data, _ = answer["Data"].(map[string]any)
		list, _ = data["SimpleOTAJobInfo"].([]any)
		return data, list
	}
	for name, c := range map[string]struct {
		list  func(n int, entry map[string]any) bool // false leaves it out
		polls int                                    // of the batch in an hour, at most
		want  string                                 // status
	}{
		"the list leaves it out":       {func(int, map[string]any) bool { return false }, 241, "IN_PROGRESS"},
		"another UtcModified for ever": {func(_ int, e map[string]any) bool { e["UtcModified"] = "1999-01-01T00:00:00.000Z"; return true }, 8, "IN_PROGRESS"},
		"no UtcModified":               {func(_ int, e map[string]any) bool { delete(e, "UtcModified"); return true }, 7, "IN_PROGRESS"},
		"no status":                    {func(_ int, e map[string]any) bool { delete(e, "JobStatus"); return true }, 7, "IN_PROGRESS"},
		"another status for ever":      {func(_ int, e map[string]any) bool { e["JobStatus"] = "PAUSED"; return true }, 241, "IN_PROGRESS"},
		"it has ended, says the list":  {func(_ int, e map[string]any) bool { e["JobStatus"] = "COMPLETED"; return true }, 241, "IN_PROGRESS"},
		"every other list shows another one": {func(n int, e map[string]any) bool {
			if n%2 == 0 {
				e["JobStatus"] = "PAUSED"
			}
			return true
		}, 310, ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHarness(t)
				h.running("fw-1", "job-1", "job-2")
				n := 0
				h.rewrite(aliyun.OpListOTAJobByFirmware, func(_ *http.Request, answer map[string]any) {
					n++
					data, list := entries(answer)
					var kept []any
					for _, e := range list {
						if e := e.(map[string]any); e["JobId"] != "job-1" || c.list(n, e) {
							kept = append(kept, e)
						}
					}
					data["SimpleOTAJobInfo"] = kept
				})
				h.apply()
				h.pass(time.Minute)
				before := total(h.sim.Calls("main", aliyun.OpQueryOTAJob))
				h.pass(time.Hour)
				polls := total(h.sim.Calls("main", aliyun.OpQueryOTAJob)) - before - 6 // job-2
				if polls > c.polls || polls < 5 {
					t.Errorf("polled %d times in an hour, want at most %d", polls, c.polls)
				}
				if c.want != "" && h.state("job-1").Job.Status() != c.want {
					t.Errorf("status %s, want %s", h.state("job-1").Job.Status(), c.want)
				}
				if age := time.Since(h.state("job-1").TrueAt()); age > 17*time.Second {
					t.Errorf("%v old", age)
				}
				if lines := strings.Count(h.logs.String(), "status changed"); strings.HasPrefix(name, "another") && lines > 20 {
					t.Errorf("%d lines of the log about a status that changed", lines)
				}
			})
		})
	}
	t.Run("gone, says QueryOTAJob", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			h := newHarness(t)
			h.running("fw-1", "job-1", "job-2")
			h.apply()
			h.pass(time.Minute)
			h.sim.Inject(simulator.Fault{Operation: aliyun.OpQueryOTAJob, JobID: "job-1", Code: "iot.firmware.InvalidOTAJobId"})
			if err := h.sim.UpdateBatch("job-1", func(b *simulator.Batch) { b.MaximumPerMinute++ }); err != nil {
				t.Fatal(err)
			}
			h.pass(14 * time.Second)
			calls := total(h.sim.Calls("main", aliyun.OpQueryOTAJob))
			for range 60 {
				h.pass(time.Minute)
				if text := h.jobs(); strings.Contains(text, `job_info{account="production",job_id="job-1"`) {
					t.Fatalf("still shown:\n%s", text)
				}
			}
			if n := total(h.sim.Calls("main", aliyun.OpQueryOTAJob)) - calls; n > 6+10 {
				t.Errorf("%d polls in an hour", n)
			}
		})
	})
}

// News that come while a batch is being polled are asked about when the poll
// has ended: its answer may be older.
func TestNewsDuringAPoll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		h.setup.Rules.Interval = 3 * time.Second // two lists a poll
		h.running("fw-1", jobID)
		h.apply()
		h.pass(time.Minute)
		h.sim.Inject(simulator.Fault{Operation: aliyun.OpQueryOTAJob, Latency: 5 * time.Second})
		for n := range 20 {
			before := total(h.sim.Calls("main", aliyun.OpQueryOTAJob))
			if err := h.sim.UpdateBatch(jobID, func(b *simulator.Batch) { b.Desc = "first change" }); err != nil {
				t.Fatal(err)
			}
			// The first change is polled for, by a call that the second one misses.
			h.within(13*time.Second, "polled", func() bool { return h.polling(before) })
			h.pass(time.Duration(n) * 250 * time.Millisecond)
			limit := 1001 + n
			if err := h.sim.UpdateBatch(jobID, func(b *simulator.Batch) { b.MaximumPerMinute = limit }); err != nil {
				t.Fatal(err)
			}
			h.within(25*time.Second, fmt.Sprint("change ", n), func() bool {
				return *h.state(jobID).Job.MaximumPerMinute == float64(limit)
			})
			h.pass(20 * time.Second)
		}
	})
}

// polling says whether QueryOTAJob was called since there were so many calls, or
// is being called: the simulator counts a call when it has come.
func (h *harness) polling(before int) bool {
	return total(h.sim.Calls("main", aliyun.OpQueryOTAJob)) > before
}

// Batches that lists show get their full refresh also while others need all of
// QueryOTAJob, and those get nearly all of it.
func TestFullRefreshIsNotStarved(t *testing.T) {
	collector.SkipUnderRace(t, "half an hour at the full rate")
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		spy := h.spy()
		h.pack("fw-1", numbered("listed", 100)...)
		h.discover(nil, []string{"fw-1"})
		for _, id := range numbered("job", 250) {
			h.batch("fw-2", id)
			h.watch("", id)
		}
		h.pass(5 * time.Minute)
		begin := time.Now()
		h.pass(21 * time.Minute)
		for _, id := range numbered("listed", 100) {
			if n := spy.since(id, begin); n < 1 || n > 2 {
				t.Errorf("%s polled %d times in 21 minutes", id, n)
			}
		}
		promised := h.value("expected_poll_age_seconds{")
		worst := 0.0
		for range 50 {
			h.pass(1700 * time.Millisecond)
			for _, s := range h.store.Snapshot() {
				worst = max(worst, time.Since(s.TrueAt()).Seconds())
			}
		}
		t.Logf("promised %.1f s, worst %.1f s", promised, worst)
		if worst > promised {
			t.Error("the promise is not held")
		}
	})
}

// Lists for the status of configured batches are read while one is live.
func TestListsAreReadWhileABatchIsLive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		spy := h.spy()
		h.running("fw-1", "job-1")
		h.running("fw-2", "job-2")
		h.apply()
		h.pass(time.Minute)
		for _, id := range []string{"job-1", "job-2"} {
			if err := h.sim.Cancel(id, true); err != nil {
				t.Fatal(err)
			}
		}
		h.pass(time.Minute)
		spy.takeLists()
		h.pass(time.Hour)
		if n := spy.takeLists(); n > 0 {
			t.Errorf("%d lists for batches that have ended", n)
		}
		h.running("fw-1", "job-3")
		h.apply()
		h.pass(time.Minute)
		if n := spy.takeLists(); n < 4 || n > 6 {
			t.Errorf("%d lists in a minute for a new batch", n)
		}
		h.setup.Accounts[0].BulkStatus = false
		h.apply()
		spy.takeLists()
		h.pass(time.Minute)
		if n := spy.takeLists(); n > 0 {
			t.Errorf("%d lists after bulk_status was turned off", n)
		}
		if age := time.Since(h.state("job-3").TrueAt()); age > 16*time.Second {
			t.Errorf("%v old", age)
		}
	})
}

// fleet is 50 packages of 200 batches each.
const (
	fleetPackages = 50
	fleetBatches  = 10_000
)

func fleetBatch(i int) (firmwareID, jobID string) {
	return fmt.Sprintf("fw-%04d", i%fleetPackages), fmt.Sprintf("job-%05d", i)
}

// 10,000 batches at 10 slots: QueryOTAJob alone needs 1,000 s for a round.
func TestBulkReach(t *testing.T) {
	collector.SkipUnderRace(t, "10,000 batches")
	for name, c := range map[string]struct {
		configure func(h *harness)
		length    time.Duration
	}{
		"discovered": {func(h *harness) { h.discover([]string{productKey}, nil) }, 3 * time.Minute},
		"configured, known from the state file": {func(h *harness) {
			status := aliyun.StatusInProgress
			var known []*collector.State
			for i := range fleetBatches {
				fw, id := fleetBatch(i)
				t := collector.Target{Account: "production", Region: "cn-shanghai", Instance: aliyun.Instance{URL: "http://iot.cn-shanghai.aliyuncs.com"}, JobID: id, Origin: collector.Configured}
				asked := time.Now().Add(-time.Duration(i) * 105 * time.Millisecond)
				known = append(known, &collector.State{Target: t, Job: &aliyun.Job{JobStatus: &status, FirmwareID: &fw}, AsOf: asked, Asked: asked})
				h.setup.Accounts[0].Targets = append(h.setup.Accounts[0].Targets, t)
			}
			h.store.Restore(known)
			h.setup.Accounts[0].BulkStatus = true
		}, time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHarness(t)
				h.sim.Record(true)
				h.sim.Inject(simulator.Fault{Latency: 50 * time.Millisecond})
				h.transport.MaxIdleConnsPerHost = 40
				for i := range fleetBatches {
					fw, id := fleetBatch(i)
					if i < fleetPackages {
						h.pack(fw)
					}
					h.batch(fw, id)
				}
				c.configure(h)
				h.apply()
				h.pass(20 * time.Second) // packages, and the first round of lists
				if n := len(h.store.Snapshot()); n != fleetBatches {
					t.Fatalf("%d batches are watched", n)
				}
				worst, changes, slowest := time.Duration(0), 0, time.Duration(0)
				var changed time.Time
				for n := range int(c.length / (2 * time.Second)) {
					h.pass(2 * time.Second)
					states := h.store.Snapshot()
					for _, s := range states {
						worst = max(worst, time.Since(s.TrueAt()))
					}
					// One ends now and then, and its new status shows as soon.
					if n%10 == 0 {
						changed = time.Now()
						h.sim.AddBatch(simulator.Batch{Account: "main", FirmwareID: "fw-0007", JobID: "job-00007", Status: "IN_PROGRESS", Start: changed})
						changes++
					} else if at := h.state("job-00007").Job.UtcStartTime; at != nil && at.Equal(changed) && !changed.IsZero() {
						slowest = max(slowest, time.Since(changed))
						changed = time.Time{}
					}
				}
				t.Logf("worst age of a status %v; %d changes, each shown within %v", worst, changes, slowest)
				if worst > 15*time.Second {
					t.Errorf("worst age %v, want 15 s", worst)
				}
				if slowest == 0 || slowest > 16*time.Second {
					t.Errorf("a change shown after %v", slowest)
				}
				if promised := h.value("expected_poll_age_seconds{"); promised < worst.Seconds() || promised > 17 {
					t.Errorf("promised %v s", promised)
				}
				for _, operation := range aliyun.Operations {
					arrivals := h.sim.Arrivals("main", operation)
					window := simulator.WorstWindow(arrivals, time.Second)
					t.Logf("%s: %d calls, at most %d in a second", operation, len(arrivals), window)
					if window > 10 || h.sim.Calls("main", operation).Throttled > 0 {
						t.Errorf("%s: over the budget", operation)
					}
				}
			})
		})
	}
}

// BenchmarkLoopbackBulk is TestBulkReach over real sockets, for a minute of
// real time. Run it by
//
//	go test -run '^$' -bench LoopbackBulk -benchtime 1x ./collector
func BenchmarkLoopbackBulk(b *testing.B) {
	const length = time.Minute
	for b.Loop() {
		sim := simulator.New()
		sim.AddAccount(simulator.Account{Name: "main", Keys: []simulator.Key{{ID: "id", Secret: "secret"}}})
		sim.Record(true)
		server := httptest.NewServer(sim)
		for i := range fleetBatches {
			fw, id := fleetBatch(i)
			if i < fleetPackages {
				sim.AddFirmware(simulator.Firmware{Account: "main", ID: fw, ProductKey: productKey})
			}
			sim.AddBatch(simulator.Batch{Account: "main", JobID: id, FirmwareID: fw, Status: "IN_PROGRESS", Start: time.Now()})
		}
		store := collector.NewStore()
		poller := collector.NewPoller(store, collector.PollerOptions{
			Calls: collector.NewCallMetrics(prometheus.NewRegistry(), log.NewNopLogger()), Logger: log.NewNopLogger(),
		})
		poller.Apply(b.Context(), collector.Setup{
			Rules: collector.Rules{Interval: 15 * time.Second, SettledInterval: 24 * time.Hour, DeviceInterval: time.Minute, DiscoveryInterval: time.Minute, MaxAge: 720 * time.Hour},
			Accounts: []collector.Account{{
				Name: "production", RequestsPerSecond: 10, Credentials: aliyun.CredentialsConfig{AccessKeyID: "id", AccessKeySecret: "secret"},
				Discover: []collector.Discover{{Region: "cn-shanghai", Instance: aliyun.Instance{URL: server.URL}, Products: []string{productKey}}},
			}},
		})
		<-time.After(10 * time.Second) // packages, and the first round of lists
		worst := time.Duration(0)
		ticker := time.NewTicker(500 * time.Millisecond)
		for end := time.Now().Add(length); time.Now().Before(end); <-ticker.C {
			for _, s := range store.Snapshot() {
				worst = max(worst, time.Since(s.TrueAt()))
			}
		}
		ticker.Stop()
		known := len(store.Snapshot())
		poller.Stop()
		server.Close()

		b.ReportMetric(worst.Seconds(), "worst-age-s")
		if known != fleetBatches {
			b.Errorf("%d batches found", known)
		}
		if worst > 15*time.Second {
			b.Errorf("worst age %v, want 15 s", worst)
		}
		for _, operation := range aliyun.Operations {
			calls, window := sim.Calls("main", operation), simulator.WorstWindow(sim.Arrivals("main", operation), time.Second)
			b.ReportMetric(float64(calls.Accepted), operation+"-calls")
			b.ReportMetric(float64(window), operation+"-worst-window")
			if window > 10 || calls.Throttled > 0 {
				b.Errorf("%s: %d calls in one second, %d throttled", operation, window, calls.Throttled)
			}
		}
	}
}
