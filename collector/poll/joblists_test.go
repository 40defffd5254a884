package poll_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
)

// A batch that a list shows as changed is polled at once, and only for the change.
func TestListsMakeChangedBatchesDue(t *testing.T) {
	for name, c := range map[string]struct {
		change func(h *harness.Harness)
		want   string // in /metrics
	}{
		"cancelled": {func(h *harness.Harness) { h.Cancel("job-0007", false) }, `job_status{account="production",job_id="job-0007",status="CANCELED"} 1`},
		"a setting": {func(h *harness.Harness) {
			h.Update("job-0007", func(b *fleet.Batch) { b.MaximumPerMinute = 77 })
		}, `job_push_limit_devices_per_minute{account="production",job_id="job-0007"} 77`},
		"completed": {func(h *harness.Harness) {
			h.Update("job-0007", func(b *fleet.Batch) { b.Status, b.End = "COMPLETED", time.Now() })
		}, `job_status{account="production",job_id="job-0007",status="COMPLETED"} 1`},
	} {
		for slow, latency := range map[string]time.Duration{"": 50 * time.Millisecond, ", over a slow network": time.Second} {
			t.Run(name+slow, func(t *testing.T) {
				harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
					spy := h.Spy()
					h.Sim.Inject(gateway.Fault{Latency: latency})
					h.BulkStatus()
					h.ConfigureOrdinary("fw-1", harness.Numbered("job", 210)...)
					h.Apply()
					h.Pass(time.Minute)
					another := func(h *harness.Harness) {
						h.Update("job-0007", func(b *fleet.Batch) { b.TimeoutInMinutes += 60 })
					}
					// Two pages of the list, and a slot that is not free.
					most := 2*latency + 1100*time.Millisecond
					for _, change := range []func(*harness.Harness){c.change, another} {
						changed := time.Now()
						change(h)
						h.Within(12*time.Second+most+200*time.Millisecond, "polled", func() bool { return spy.PollsSince("job-0007", changed) > 0 })
						asked := time.Now()
						h.Pass(latency)
						if !strings.Contains(h.Scrape(), c.want) {
							t.Errorf("not shown: %s\n%s", c.want, h.Jobs())
						}
						if elapsed := asked.Sub(spy.FirstList(changed).Add(latency)); elapsed > most {
							t.Errorf("polled %v after a list showed it", elapsed)
						}
						h.Pass(time.Minute + 300*time.Millisecond)
						if got := spy.PollsSince("job-0007", changed); got > 2 {
							t.Errorf("polled %d times for one change", got)
						}
					}
				})
			})
		}
	}
}

// /metrics shows what a list says, as of the time of the list.
func TestListsRefreshTheStatus(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		h.BulkStatus()
		h.ConfigureOrdinary("fw-1", harness.JobID)
		h.Apply()
		h.Pass(time.Minute)
		h.Sim.Inject(gateway.Fault{Operation: aliyun.OpQueryOTAJob, Code: "iot.system.SystemException"})
		h.Pass(20 * time.Second)
		cancelled := time.Now()
		h.Cancel(harness.JobID, false)
		h.Pass(12*time.Second + time.Millisecond)
		text := h.Jobs()
		harness.CheckLine(t, text, "job_end_timestamp_seconds", "", fmt.Sprintf("%g", float64(cancelled.Unix())))
		harness.CheckLine(t, text, "job_modified_timestamp_seconds", "", fmt.Sprintf("%g", float64(cancelled.Unix())))
		harness.CheckLine(t, text, "job_push_limit_devices_per_minute", "", "1000")
		harness.CheckLine(t, text, "job_poll_success", "", "0")
		if h.Samples("job_status", `status="CANCELED"} 1`) != 1 {
			t.Errorf("not CANCELED:\n%s", text)
		}
		if age := time.Since(h.State(harness.JobID).TrueAt()); age > 12*time.Second {
			t.Errorf("true as of %v ago", age)
		}
		trueAt := `job_last_success_timestamp_seconds{account="production",job_id="` + harness.JobID + `"}`
		before := h.Value(trueAt)
		h.PutRunning("fw-1", "keeps the list read")
		h.Watch("keeps the list read")
		h.Pass(time.Minute)
		if after := h.Value(trueAt); after < before {
			t.Errorf("true as of %v, before %v", after, before)
		}
	})
}

// While lists keep the status fresh within the interval, QueryOTAJob makes only an
// occasional full refresh.
func TestUnchangedBatchesAreSeldomPolled(t *testing.T) {
	for _, c := range []struct{ interval, refresh time.Duration }{
		{15 * time.Second, 10 * time.Minute}, {time.Minute, 10 * time.Minute}, {2 * time.Minute, 20 * time.Minute},
	} {
		t.Run(c.interval.String(), func(t *testing.T) {
			harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
				spy := h.Spy()
				h.Setup.Rules.Interval = c.interval
				h.BulkStatus()
				h.ConfigureOrdinary("fw-1", harness.Numbered("job", 20)...)
				h.Apply()
				h.Pass(5 * time.Second)
				begin := time.Now()
				h.Pass(time.Hour)
				for _, id := range harness.Numbered("job", 20) {
					if got, want := spy.PollsSince(id, begin), int(time.Hour/c.refresh); got < want-1 || got > want {
						t.Errorf("%s polled %d times in an hour, want %d", id, got, want)
					}
					if age := time.Since(h.State(id).TrueAt()); age > c.interval {
						t.Errorf("%s is %v old", id, age)
					}
				}
				if lists, want := spy.TakeLists(), int(time.Hour/(c.interval*4/5)); lists < want-2 || lists > want+2 {
					t.Errorf("%d lists in an hour, want %d", lists, want)
				}
			})
		})
	}
}

// The lists of configured batches are read only while one of them is live.
func TestListsAreReadWhileABatchIsLive(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		spy := h.Spy()
		h.BulkStatus()
		h.ConfigureOrdinary("fw-1", "job-1")
		h.ConfigureOrdinary("fw-2", "job-2")
		h.Apply()
		h.Pass(time.Minute)
		h.Cancel("job-1", true)
		h.Cancel("job-2", true)
		h.Pass(time.Minute)
		spy.TakeLists()
		h.Pass(time.Hour)
		if n := spy.TakeLists(); n > 0 {
			t.Errorf("%d lists for batches that have ended", n)
		}
		h.ConfigureOrdinary("fw-1", "job-3")
		h.Apply()
		h.Pass(time.Minute)
		if n := spy.TakeLists(); n < 4 || n > 6 {
			t.Errorf("%d lists in a minute for a new batch", n)
		}
		h.Account().BulkStatus = false
		h.Apply()
		spy.TakeLists()
		h.Pass(time.Minute)
		if n := spy.TakeLists(); n > 0 {
			t.Errorf("%d lists after bulk_status was turned off", n)
		}
		if age := time.Since(h.State("job-3").TrueAt()); age > 16*time.Second {
			t.Errorf("%v old", age)
		}
	})
}

// A change that a list shows while the batch is being polled makes it due again after the
// poll, whose answer may be older than the change.
func TestNewsDuringAPoll(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		h.Setup.Rules.Interval = 3 * time.Second // two lists a poll
		h.BulkStatus()
		h.ConfigureOrdinary("fw-1", harness.JobID)
		h.Apply()
		h.Pass(time.Minute)
		h.Sim.Inject(gateway.Fault{Operation: aliyun.OpQueryOTAJob, Latency: 5 * time.Second})
		for n := range 20 {
			before := h.Calls(aliyun.OpQueryOTAJob)
			h.Update(harness.JobID, func(b *fleet.Batch) { b.Desc = "first change" })
			// The first change is polled for by a call that the second one misses.
			h.Within(13*time.Second, "polled", func() bool { return h.Calls(aliyun.OpQueryOTAJob) > before })
			h.Pass(time.Duration(n) * 250 * time.Millisecond)
			limit := 1001 + n
			h.Update(harness.JobID, func(b *fleet.Batch) { b.MaximumPerMinute = limit })
			h.Within(25*time.Second, fmt.Sprint("change ", n), func() bool {
				return *h.State(harness.JobID).Job.MaximumPerMinute == float64(limit)
			})
			h.Pass(20 * time.Second)
		}
	})
}
