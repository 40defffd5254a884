package collector_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
)

// A batch that a list shows as changed is polled at once, and only for the change.
func TestListsMakeChangedBatchesDue(t *testing.T) {
	for name, c := range map[string]struct {
		change func(h *harness)
		want   string // in /metrics
	}{
		"cancelled": {func(h *harness) { h.cancel("job-0007", false) }, `job_status{account="production",job_id="job-0007",status="CANCELED"} 1`},
		"a setting": {func(h *harness) {
			h.update("job-0007", func(b *simulator.Batch) { b.MaximumPerMinute = 77 })
		}, `job_push_limit_devices_per_minute{account="production",job_id="job-0007"} 77`},
		"completed": {func(h *harness) {
			h.update("job-0007", func(b *simulator.Batch) { b.Status, b.End = "COMPLETED", time.Now() })
		}, `job_status{account="production",job_id="job-0007",status="COMPLETED"} 1`},
	} {
		for slow, latency := range map[string]time.Duration{"": 50 * time.Millisecond, ", over a slow network": time.Second} {
			t.Run(name+slow, func(t *testing.T) {
				simulated(t, func(t *testing.T, h *harness) {
					spy := h.spy()
					h.sim.Inject(simulator.Fault{Latency: latency})
					h.bulkStatus()
					h.configureOrdinary("fw-1", numbered("job", 210)...)
					h.apply()
					h.pass(time.Minute)
					another := func(h *harness) {
						h.update("job-0007", func(b *simulator.Batch) { b.TimeoutInMinutes += 60 })
					}
					// Two pages of the list, and a slot that is not free.
					most := 2*latency + 1100*time.Millisecond
					for _, change := range []func(*harness){c.change, another} {
						changed := time.Now()
						change(h)
						h.within(12*time.Second+most+200*time.Millisecond, "polled", func() bool { return spy.pollsSince("job-0007", changed) > 0 })
						asked := time.Now()
						h.pass(latency)
						if !strings.Contains(h.scrape(), c.want) {
							t.Errorf("not shown: %s\n%s", c.want, h.jobs())
						}
						if took := asked.Sub(spy.firstList(changed).Add(latency)); took > most {
							t.Errorf("polled %v after a list showed it", took)
						}
						h.pass(time.Minute + 300*time.Millisecond)
						if got := spy.pollsSince("job-0007", changed); got > 2 {
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
	simulated(t, func(t *testing.T, h *harness) {
		h.bulkStatus()
		h.configureOrdinary("fw-1", jobID)
		h.apply()
		h.pass(time.Minute)
		h.sim.Inject(simulator.Fault{Operation: aliyun.OpQueryOTAJob, Code: "iot.system.SystemException"})
		h.pass(20 * time.Second)
		cancelled := time.Now()
		h.cancel(jobID, false)
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
		trueAt := `job_last_success_timestamp_seconds{account="production",job_id="` + jobID + `"}`
		before := h.value(trueAt)
		h.putRunning("fw-1", "keeps the list read")
		h.watch("keeps the list read")
		h.pass(time.Minute)
		if after := h.value(trueAt); after < before {
			t.Errorf("true as of %v, before %v", after, before)
		}
	})
}

// QueryOTAJob is left to a full refresh now and then while lists keep the status
// within the interval.
func TestUnchangedBatchesAreSeldomPolled(t *testing.T) {
	for _, c := range []struct{ interval, refresh time.Duration }{
		{15 * time.Second, 10 * time.Minute}, {time.Minute, 10 * time.Minute}, {2 * time.Minute, 20 * time.Minute},
	} {
		t.Run(c.interval.String(), func(t *testing.T) {
			simulated(t, func(t *testing.T, h *harness) {
				spy := h.spy()
				h.setup.Rules.Interval = c.interval
				h.bulkStatus()
				h.configureOrdinary("fw-1", numbered("job", 20)...)
				h.apply()
				h.pass(5 * time.Second)
				begin := time.Now()
				h.pass(time.Hour)
				for _, id := range numbered("job", 20) {
					if got, want := spy.pollsSince(id, begin), int(time.Hour/c.refresh); got < want-1 || got > want {
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

// The lists of configured batches are read only while one of them is live.
func TestListsAreReadWhileABatchIsLive(t *testing.T) {
	simulated(t, func(t *testing.T, h *harness) {
		spy := h.spy()
		h.bulkStatus()
		h.configureOrdinary("fw-1", "job-1")
		h.configureOrdinary("fw-2", "job-2")
		h.apply()
		h.pass(time.Minute)
		h.cancel("job-1", true)
		h.cancel("job-2", true)
		h.pass(time.Minute)
		spy.takeLists()
		h.pass(time.Hour)
		if n := spy.takeLists(); n > 0 {
			t.Errorf("%d lists for batches that have ended", n)
		}
		h.configureOrdinary("fw-1", "job-3")
		h.apply()
		h.pass(time.Minute)
		if n := spy.takeLists(); n < 4 || n > 6 {
			t.Errorf("%d lists in a minute for a new batch", n)
		}
		h.account().BulkStatus = false
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

// News of a batch that arrive while it is polled make it due again after the poll,
// whose answer may be older than they are.
func TestNewsDuringAPoll(t *testing.T) {
	simulated(t, func(t *testing.T, h *harness) {
		h.setup.Rules.Interval = 3 * time.Second // two lists a poll
		h.bulkStatus()
		h.configureOrdinary("fw-1", jobID)
		h.apply()
		h.pass(time.Minute)
		h.sim.Inject(simulator.Fault{Operation: aliyun.OpQueryOTAJob, Latency: 5 * time.Second})
		for n := range 20 {
			before := h.calls(aliyun.OpQueryOTAJob)
			h.update(jobID, func(b *simulator.Batch) { b.Desc = "first change" })
			// The first change is polled for by a call that the second one misses.
			h.within(13*time.Second, "polled", func() bool { return h.calls(aliyun.OpQueryOTAJob) > before })
			h.pass(time.Duration(n) * 250 * time.Millisecond)
			limit := 1001 + n
			h.update(jobID, func(b *simulator.Batch) { b.MaximumPerMinute = limit })
			h.within(25*time.Second, fmt.Sprint("change ", n), func() bool {
				return *h.state(jobID).Job.MaximumPerMinute == float64(limit)
			})
			h.pass(20 * time.Second)
		}
	})
}
