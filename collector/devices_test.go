package collector_test

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector"
)

// taskCalls are the calls of ListOTATaskByJob so far.
func (h *harness) taskCalls() int { return total(h.sim.Calls("main", aliyun.OpListOTATaskByJob)) }

// counts are job_devices of jobID by task_status.
func (h *harness) counts() map[string]int {
	h.t.Helper()
	counts := make(map[string]int)
	for line := range strings.Lines(h.jobs()) {
		var n float64
		if _, after, ok := strings.Cut(line, `job_devices{account="production",job_id="`+jobID+`",task_status="`); ok {
			status, value, _ := strings.Cut(after, `"} `)
			if _, err := fmt.Sscan(value, &n); err != nil {
				h.t.Fatal(err)
			}
			counts[status] = int(n)
		}
	}
	return counts
}

func sum(counts map[string]int) (n int) {
	for _, c := range counts {
		n += c
	}
	return n
}

// counting turns device_counts on.
func (h *harness) counting() { h.setup.Accounts[0].DeviceCounts = true }

func TestDeviceCounts(t *testing.T) {
	for name, c := range map[string]struct {
		batch  simulator.Batch
		counts map[string]int // in the simulator
		calls  int            // of the first round
		want   map[string]int
	}{
		"no device": {counts: map[string]int{}, calls: 1,
			want: map[string]int{"CONFIRM": 0, "QUEUED": 0, "NOTIFIED": 0, "IN_PROGRESS": 0, "SUCCEEDED": 0, "FAILED": 0, "CANCELED": 0}},
		"one device": {counts: map[string]int{"FAILED": 1}, calls: 1,
			want: map[string]int{"CONFIRM": 0, "QUEUED": 0, "NOTIFIED": 0, "IN_PROGRESS": 0, "SUCCEEDED": 0, "FAILED": 1, "CANCELED": 0}},
		"a hundred devices": {counts: map[string]int{"QUEUED": 1, "NOTIFIED": 2, "IN_PROGRESS": 3, "SUCCEEDED": 90, "FAILED": 4}, calls: 1,
			want: map[string]int{"CONFIRM": 0, "QUEUED": 1, "NOTIFIED": 2, "IN_PROGRESS": 3, "SUCCEEDED": 90, "FAILED": 4, "CANCELED": 0}},
		"a hundred and one": {counts: map[string]int{"QUEUED": 1, "NOTIFIED": 2, "IN_PROGRESS": 3, "SUCCEEDED": 90, "FAILED": 5}, calls: 7,
			want: map[string]int{"QUEUED": 1, "NOTIFIED": 2, "IN_PROGRESS": 3, "SUCCEEDED": 90, "FAILED": 5, "CANCELED": 0}},
		"a hundred and one, to be confirmed": {batch: simulator.Batch{NeedConfirm: new(true)}, counts: map[string]int{"CONFIRM": 1, "QUEUED": 100}, calls: 8,
			want: map[string]int{"CONFIRM": 1, "QUEUED": 100, "NOTIFIED": 0, "IN_PROGRESS": 0, "SUCCEEDED": 0, "FAILED": 0, "CANCELED": 0}},
		"a million": {counts: map[string]int{"QUEUED": 600_000, "NOTIFIED": 100_000, "IN_PROGRESS": 100_000, "SUCCEEDED": 100_000, "FAILED": 99_999, "CANCELED": 1}, calls: 7,
			want: map[string]int{"QUEUED": 600_000, "NOTIFIED": 100_000, "IN_PROGRESS": 100_000, "SUCCEEDED": 100_000, "FAILED": 99_999, "CANCELED": 1}},
		"all in one state": {counts: map[string]int{"SUCCEEDED": 1000}, calls: 7,
			want: map[string]int{"QUEUED": 0, "NOTIFIED": 0, "IN_PROGRESS": 0, "SUCCEEDED": 1000, "FAILED": 0, "CANCELED": 0}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHarness(t)
				h.counting()
				c.batch.Status, c.batch.Counts = "IN_PROGRESS", c.counts
				h.add(c.batch)
				h.pass(5 * time.Second)
				if calls := h.taskCalls(); calls != c.calls {
					t.Errorf("%d calls, want %d", calls, c.calls)
				}
				if diff := cmp.Diff(c.want, h.counts()); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				h.pass(10 * time.Minute)
				if calls := h.taskCalls(); calls < 10*c.calls || calls > 11*c.calls {
					t.Errorf("%d calls in 10 minutes, want %d a minute", calls, c.calls)
				}
			})
		})
	}
}

// Where the API does not say NeedConfirm, what the other states leave over is
// asked for in the next round, also of a batch that has ended.
func TestDevicesToBeConfirmedThatNobodyToldOf(t *testing.T) {
	for _, status := range []string{"IN_PROGRESS", "CANCELED"} {
		t.Run(status, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHarness(t)
				h.counting()
				h.add(simulator.Batch{Status: status, End: time.Now(), Counts: map[string]int{"CONFIRM": 50, "SUCCEEDED": 150}})
				h.pass(61*time.Second + 5*time.Second)
				if got := h.counts(); got["CONFIRM"] != 50 || sum(got) != 200 {
					t.Errorf("counted %v", got)
				}
			})
		})
	}
}

func TestWhenDevicesAreCounted(t *testing.T) {
	for name, c := range map[string]struct {
		batch  simulator.Batch
		later  func(h *harness) // after a minute and a half
		rounds [2]int           // of one call each: in the first 90 s, and in the 10 minutes after that
	}{
		"live":                       {batch: simulator.Batch{Status: "IN_PROGRESS", Counts: map[string]int{"QUEUED": 1}}, rounds: [2]int{2, 10}},
		"live, and all devices done": {batch: simulator.Batch{Status: "IN_PROGRESS", Counts: map[string]int{"FAILED": 1}}, rounds: [2]int{2, 10}},
		"a status that nobody knows": {batch: simulator.Batch{Status: "PAUSED", Counts: map[string]int{"FAILED": 1}}, rounds: [2]int{2, 10}},
		"planned":                    {batch: simulator.Batch{Schedule: time.Date(2000, 1, 2, 0, 0, 0, 0, time.UTC), Devices: simulator.Devices{Count: 10}}, rounds: [2]int{1, 0}},
		"planned, then live": {batch: simulator.Batch{Schedule: time.Date(2000, 1, 1, 0, 2, 0, 0, time.UTC), Devices: simulator.Devices{Count: 10, Offline: 1}},
			rounds: [2]int{1, 10}},
		"completed":                         {batch: simulator.Batch{Status: "COMPLETED", End: time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC), Counts: map[string]int{"SUCCEEDED": 10}}, rounds: [2]int{1, 0}},
		"completed, nobody says when":       {batch: simulator.Batch{Status: "COMPLETED", Counts: map[string]int{"SUCCEEDED": 10}, Override: map[string]any{"UtcModified": simulator.Absent}}, rounds: [2]int{1, 0}},
		"cancelled, devices go on":          {batch: simulator.Batch{Status: "CANCELED", End: time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC), Counts: map[string]int{"NOTIFIED": 1}}, rounds: [2]int{2, 10}},
		"cancelled, all devices done":       {batch: simulator.Batch{Status: "CANCELED", End: time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC), Counts: map[string]int{"SUCCEEDED": 1}}, rounds: [2]int{1, 0}},
		"live, then cancelled with devices": {batch: simulator.Batch{Devices: simulator.Devices{Count: 10, Offline: 1}}, later: func(h *harness) { h.cancel(true) }, rounds: [2]int{2, 1}},
		"live, then cancelled without":      {batch: simulator.Batch{Devices: simulator.Devices{Count: 10, Offline: 1}}, later: func(h *harness) { h.cancel(false) }, rounds: [2]int{2, 10}},
		"live, then gone":                   {batch: simulator.Batch{FirmwareID: "fw-1", Devices: simulator.Devices{Count: 10, Offline: 1}}, later: func(h *harness) { h.sim.DeleteFirmware("fw-1") }, rounds: [2]int{2, 0}},
		"turned off": {batch: simulator.Batch{Devices: simulator.Devices{Count: 10, Offline: 1}}, later: func(h *harness) {
			h.setup.Accounts[0].DeviceCounts = false
			h.apply()
			if len(h.counts()) > 0 || h.samples("job_devices") > 0 {
				h.t.Errorf("still shown:\n%s", h.jobs())
			}
		}, rounds: [2]int{2, 0}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHarness(t)
				h.counting()
				h.add(c.batch)
				h.pass(90 * time.Second)
				if n := h.taskCalls(); n != c.rounds[0] {
					t.Errorf("%d rounds in the first 90 s, want %d", n, c.rounds[0])
				}
				if c.later != nil {
					c.later(h)
				}
				before := h.taskCalls()
				h.pass(10 * time.Minute)
				if n := h.taskCalls() - before; n < c.rounds[1]-1 || n > c.rounds[1]+1 || c.rounds[1] == 0 && n > 0 {
					t.Errorf("%d rounds in the next 10 minutes, want %d", n, c.rounds[1])
				}
			})
		})
	}
}

func (h *harness) cancel(tasks bool) {
	if err := h.sim.Cancel(jobID, tasks); err != nil {
		h.t.Fatal(err)
	}
}

// The last count is of after the end.
func TestTheLastCountIsOfAfterTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		h.counting()
		h.add(simulator.Batch{Devices: simulator.Devices{Count: 1000, Report: time.Minute, Install: 5 * time.Minute, Fail: 0.1}})
		h.pass(20 * time.Minute)
		if diff := cmp.Diff(map[string]int{"QUEUED": 0, "NOTIFIED": 0, "IN_PROGRESS": 0, "SUCCEEDED": 900, "FAILED": 100, "CANCELED": 0}, h.counts()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		calls := h.taskCalls()
		h.pass(time.Hour)
		if h.taskCalls() != calls {
			t.Errorf("%d calls for a batch that has ended", h.taskCalls()-calls)
		}
	})
}

// Numbers that cannot be are not shown, and one line of the log says so.
func TestDeviceCountsThatCannotBe(t *testing.T) {
	answerOf := func(r *http.Request) (status string, first bool) {
		status = r.URL.Query().Get("TaskStatus")
		return status, status == ""
	}
	tasks := func(answer map[string]any) []any {
		list, _ := answer["Data"].(map[string]any)["SimpleOTATaskInfo"].([]any)
		return list
	}
	for name, c := range map[string]struct {
		devices int
		change  func(r *http.Request, answer map[string]any)
		said    string
		shown   int // devices in all
	}{
		"TaskStatus is ignored": {200, func(_ *http.Request, a map[string]any) { a["Total"] = 200 }, "does not filter by TaskStatus", 0},
		"TaskStatus is ignored, and more match meanwhile": {200, func(_ *http.Request, a map[string]any) {
			a["Total"] = 200 + int(time.Since(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC))/(10*time.Millisecond))
		}, "does not filter by TaskStatus", 0},
		"a state has far too many": {200, func(r *http.Request, a map[string]any) {
			if status, _ := answerOf(r); status == "FAILED" {
				a["Total"] = 50
			}
		}, "do not add up", 0},
		"a state has a few too many": {200, func(r *http.Request, a map[string]any) {
			if status, _ := answerOf(r); status == "FAILED" {
				a["Total"] = 5
			}
		}, "", 205},
		"a negative count": {200, func(r *http.Request, a map[string]any) {
			if status, _ := answerOf(r); status == "FAILED" {
				a["Total"] = -1
			}
		}, "counting the devices of a batch fails", 0},
		"a count beyond all numbers": {200, func(r *http.Request, a map[string]any) {
			if status, _ := answerOf(r); status == "FAILED" {
				a["Total"] = 1e300
			}
		}, "counting the devices of a batch fails", 0},
		"no count": {200, func(r *http.Request, a map[string]any) {
			if status, _ := answerOf(r); status == "FAILED" {
				delete(a, "Total")
			}
		}, "counting the devices of a batch fails", 0},
		"a page whose devices have no state": {50, func(_ *http.Request, a map[string]any) {
			for _, task := range tasks(a) {
				delete(task.(map[string]any), "TaskStatus")
			}
		}, "do not add up", 0},
		"a page with a state that nobody knows": {50, func(_ *http.Request, a map[string]any) {
			tasks(a)[0].(map[string]any)["TaskStatus"] = "PAUSED"
		}, "", 50},
		"a page of fewer devices than it counts": {50, func(r *http.Request, a map[string]any) {
			if _, first := answerOf(r); first {
				data := a["Data"].(map[string]any)
				data["SimpleOTATaskInfo"] = tasks(a)[:20]
			}
		}, "", 50},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHarness(t)
				h.counting()
				h.rewrite(aliyun.OpListOTATaskByJob, c.change)
				h.sim.Inject(simulator.Fault{Latency: 50 * time.Millisecond})
				h.add(simulator.Batch{Devices: simulator.Devices{Count: c.devices, Offline: 0.5, Silent: 0.5}})
				h.sim.AddBatch(simulator.Batch{Account: "main", JobID: "second", Devices: simulator.Devices{Count: c.devices, Offline: 1}})
				h.pass(5 * time.Minute)
				if got := sum(h.counts()); got != c.shown {
					t.Errorf("%d devices shown, want %d:\n%v", got, c.shown, h.counts())
				}
				if c.shown == 0 && h.samples("job_devices") > 0 {
					t.Errorf("something is shown:\n%s", h.jobs())
				}
				want := 0
				if c.said != "" {
					want = 1
				}
				if n := strings.Count(h.logs.String(), "level=warn"); n != want || !strings.Contains(h.logs.String(), c.said) {
					t.Errorf("%d warnings, want %d of %q:\n%s", n, want, c.said, h.logs.String())
				}
				if name == "a page with a state that nobody knows" && h.counts()["PAUSED"] != 1 {
					t.Errorf("not counted: %v", h.counts())
				}
			})
		})
	}
}

// A round of which a call fails leaves the numbers of the last one, with their
// age, and so does one that a reload interrupts: no two rounds are mixed.
func TestRoundsAreNotMixed(t *testing.T) {
	t.Run("a call fails", func(t *testing.T) {
		for name, c := range failures {
			t.Run(name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					h := newHarness(t)
					h.counting()
					h.add(simulator.Batch{Status: "IN_PROGRESS", Counts: map[string]int{"QUEUED": 500, "SUCCEEDED": 500}})
					h.pass(30 * time.Second)
					before, at := h.counts(), h.state(jobID).Devices.AsOf
					if err := h.sim.UpdateBatch(jobID, func(b *simulator.Batch) { b.Counts = map[string]int{"SUCCEEDED": 2000} }); err != nil {
						t.Fatal(err)
					}
					fault := c.fault
					fault.Operation = aliyun.OpListOTATaskByJob
					// Of each round, the third call and what comes after it.
					var n atomic.Int64
					mend := func() {}
					h.behind(func(operation string, _ *http.Request) {
						if operation == aliyun.OpListOTATaskByJob && n.Add(1) == 3 {
							mend = h.sim.Inject(fault)
						}
					})
					h.transport.CloseIdleConnections()
					h.pass(10 * time.Minute)
					if diff := cmp.Diff(before, h.counts()); diff != "" || !h.state(jobID).Devices.AsOf.Equal(at) {
						t.Errorf("as of %v, before %v (-before +during):\n%s", h.state(jobID).Devices.AsOf, at, diff)
					}
					mend()
					h.pass(6 * time.Minute)
					if got := h.counts(); got["SUCCEEDED"] != 2000 || got["QUEUED"] != 0 {
						t.Errorf("after the end of the fault: %v", got)
					}
				})
			})
		}
	})
	t.Run("reloads in mid-round", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			h := newHarness(t)
			h.counting()
			h.setup.Rules.DeviceInterval = 7 * time.Second
			h.sim.Inject(simulator.Fault{Operation: aliyun.OpListOTATaskByJob, Latency: 300 * time.Millisecond})
			h.add(simulator.Batch{Status: "IN_PROGRESS", Counts: map[string]int{"QUEUED": 1000}})
			targets := h.setup.Accounts[0].Targets
			for i := range 200 {
				if i%5 == 0 { // every device moves at once
					to := []string{"QUEUED", "NOTIFIED", "SUCCEEDED"}[i/5%3]
					if err := h.sim.UpdateBatch(jobID, func(b *simulator.Batch) { b.Counts = map[string]int{to: 1000} }); err != nil {
						t.Fatal(err)
					}
				}
				h.pass(time.Duration(i%13) * 90 * time.Millisecond)
				switch i % 4 {
				case 0:
					h.setup.Accounts[0].Targets = nil
				case 2:
					h.setup.Accounts[0].DeviceCounts = false
				default:
					h.setup.Accounts[0].Targets = targets
					h.setup.Accounts[0].DeviceCounts = true
				}
				h.apply()
				if got := h.counts(); len(got) > 0 && sum(got) != 1000 {
					t.Fatalf("after reload %d: %v", i, got)
				}
			}
			h.pass(15 * time.Second)
			if got := h.counts(); sum(got) != 1000 {
				t.Errorf("at the end: %v", got)
			}
		})
	})
}

func TestDeviceCountsAreKeptAcrossARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "state")
		first := newHarness(t)
		stop := first.keep(path, time.Minute)
		first.counting()
		first.add(simulator.Batch{Status: "IN_PROGRESS", TimeoutInMinutes: 60, MaximumPerMinute: 100, Start: time.Now(), Counts: map[string]int{"QUEUED": 500, "SUCCEEDED": 500}})
		first.pass(30 * time.Second)
		before := first.jobs()
		first.poller.Stop()
		stop()
		second := newHarness(t)
		second.redirectTo(first)
		second.refuseConnections(true)
		defer second.keep(path, time.Minute)()
		second.setup = first.setup
		second.apply()
		if diff := cmp.Diff(withoutPoll(before), withoutPoll(second.jobs())); diff != "" || sum(second.counts()) != 1000 {
			t.Errorf("(-before +after):\n%s", diff)
		}
	})
}

// Many batches share the budget, and each round is over soon after its first
// call.
func TestDeviceCountsOfManyBatches(t *testing.T) {
	collector.SkipUnderRace(t, "three thousand calls")
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		h.counting()
		h.sim.Record(true)
		h.sim.Inject(simulator.Fault{Latency: 50 * time.Millisecond})
		for _, id := range numbered("job", 200) {
			h.sim.AddBatch(simulator.Batch{Account: "main", FirmwareID: "fw-1", JobID: id, Status: "IN_PROGRESS", Counts: map[string]int{"QUEUED": 500, "SUCCEEDED": 500}})
			h.watch("", id)
		}
		h.pass(5 * time.Minute)
		oldest := time.Duration(0)
		for _, s := range h.store.Snapshot() {
			if s.Devices == nil || s.Devices.Total != 1000 {
				t.Fatalf("%s: %+v", s.JobID, s.Devices)
			}
			oldest = max(oldest, time.Since(s.Devices.AsOf))
		}
		t.Logf("oldest count %v", oldest)
		if limit := 200 * 7 * 105 * time.Millisecond; oldest > limit*105/100+2*time.Second {
			t.Errorf("oldest count %v, want %v", oldest, limit)
		}
		if window := simulator.WorstWindow(h.sim.Arrivals("main", aliyun.OpListOTATaskByJob), time.Second); window > 10 {
			t.Errorf("%d calls in a second", window)
		}
	})
}

// The deadline goes by what is known now.
func TestDeadlineFollowsTheBatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		start := time.Now()
		want := func(what, basis string, after time.Duration) {
			t.Helper()
			state := h.state(jobID)
			if state == nil {
				t.Fatal("not watched")
			}
			n := strings.Count(h.jobs(), "\naliyun_iot_ota_job_deadline_timestamp_seconds{")
			if basis == "" {
				if n != 0 {
					t.Errorf("%s: there is a deadline:\n%s", what, h.jobs())
				}
				return
			}
			value := h.value(`job_deadline_timestamp_seconds{account="production",job_id="` + jobID + `",basis="` + basis + `"}`)
			if got := time.Duration(value-float64(start.Unix())) * time.Second; got != after || n != 1 {
				t.Errorf("%s: %v after the start, want %v; %d samples", what, got, after, n)
			}
		}
		change := func(f func(b *simulator.Batch)) {
			t.Helper()
			if err := h.sim.UpdateBatch(jobID, f); err != nil {
				t.Fatal(err)
			}
			h.pass(16 * time.Second)
		}
		h.add(simulator.Batch{Devices: simulator.Devices{Count: 250, Offline: 1}})
		h.pass(time.Second)
		want("no settings", "default", 24*time.Hour)
		h.setup.Rules.ExpectedDuration = 5 * time.Hour
		h.apply()
		want("another expected_duration", "default", 5*time.Hour)
		change(func(b *simulator.Batch) { b.TimeoutInMinutes = 60 })
		want("a timeout", "settings", time.Hour)
		change(func(b *simulator.Batch) { b.Retry = &simulator.Retry{Count: 2, Interval: 10} })
		want("retries", "settings", 3*time.Hour+20*time.Minute)
		change(func(b *simulator.Batch) { b.MaximumPerMinute = 100 })
		want("a push limit", "settings", 3*time.Hour+20*time.Minute)
		h.counting()
		h.apply()
		h.pass(time.Second)
		want("devices counted", "settings", 3*time.Hour+23*time.Minute)
		change(func(b *simulator.Batch) { b.MaximumPerMinute = 50 })
		want("a slower push", "settings", 3*time.Hour+25*time.Minute)
		change(func(b *simulator.Batch) { b.ScheduleFinish = start.Add(9 * time.Hour) })
		want("a planned end", "schedule_finish", 9*time.Hour)
		change(func(b *simulator.Batch) { b.SelectionType = "DYNAMIC" })
		want("dynamic", "", 0)
		change(func(b *simulator.Batch) { b.SelectionType, b.ScheduleFinish = "STATIC", time.Time{} })
		want("static again", "settings", 3*time.Hour+25*time.Minute)
		h.setup.Accounts[0].DeviceCounts = false
		h.apply()
		want("devices not counted any more", "settings", 3*time.Hour+20*time.Minute)
		h.cancel(false)
		h.pass(20 * time.Second)
		want("cancelled", "settings", 3*time.Hour+20*time.Minute)
		h.sim.Inject(simulator.Fault{Kind: simulator.Reset})
		h.pass(time.Hour)
		want("unreachable", "settings", 3*time.Hour+20*time.Minute)
	})
}
