package poll_test

import (
	"bufio"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/conditions"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// worstShown passes time and returns the worst age of the data of the batches named
// "running-…", by the store at each step and by /metrics five times.
func worstShown(h *harness.Harness, length time.Duration) (worst time.Duration) {
	h.T.Helper()
	of := func(s *store.State) bool { return strings.HasPrefix(s.JobID, "running") }
	const scrapes, step = 5, 500 * time.Millisecond
	for range scrapes {
		worst = max(worst, h.WorstAge(int(length/scrapes/step), step, of))
		lines := bufio.NewScanner(strings.NewReader(h.Scrape()))
		for lines.Scan() {
			rest, found := strings.CutPrefix(lines.Text(), `aliyun_iot_ota_job_last_success_timestamp_seconds{account="production",job_id="running`)
			if !found {
				continue
			}
			at, err := strconv.ParseFloat(rest[strings.Index(rest, " ")+1:], 64)
			if err != nil {
				h.T.Fatal(err)
			}
			worst = max(worst, time.Since(time.UnixMilli(int64(1000*at))))
		}
		if expected := h.Value("expected_poll_age_seconds{"); expected < worst.Seconds()-step.Seconds() {
			h.T.Errorf("the data is up to %v old, %.1f s were expected", worst, expected)
		}
	}
	return worst
}

// putEnded puts n batches that have ended lately into a package.
func putEnded(h *harness.Harness, firmwareID string, n int) {
	for i := range n {
		h.Put(fleet.Batch{
			FirmwareID: firmwareID, JobID: fmt.Sprintf("ended-%05d", i), Status: aliyun.StatusCompleted,
			Create: time.Now().Add(-time.Duration(i) * time.Second), End: time.Now().Add(-time.Minute),
		})
	}
}

// Running batches stay fresh while hundreds of others are polled for the first time.
func TestColdStart(t *testing.T) {
	conditions.SkipUnderRace(t, "many batches")
	t.Parallel()
	running := func(n int) func(h *harness.Harness) {
		return func(h *harness.Harness) {
			h.PutRunning("fw-running", harness.Numbered("running", n)...)
			h.Configure(harness.Numbered("running", n)...)
		}
	}
	for name, c := range map[string]struct {
		slots    int
		interval time.Duration
		running  int // their round alone takes less than the interval
		prepare  func(h *harness.Harness)
		begin    time.Duration // until all have been found
		limit    float64       // times the interval
	}{
		"1,000 ended ones are discovered": {10, 5 * time.Second, 15, func(h *harness.Harness) {
			running(15)(h)
			h.PutPackage("fw-ended")
			putEnded(h, "fw-ended", 1000)
			h.Discover(nil, []string{"fw-ended"})
		}, 0, 1.10},
		"600 ended ones are discovered, with few slots": {5, 5 * time.Second, 20, func(h *harness.Harness) {
			running(20)(h)
			h.PutPackage("fw-ended")
			putEnded(h, "fw-ended", 600)
			h.Discover(nil, []string{"fw-ended"})
		}, 0, 1.10},
		"600 ended ones of the same package": {5, 5 * time.Second, 20, func(h *harness.Harness) {
			h.PutPackage("fw-all")
			putEnded(h, "fw-all", 600)
			h.PutRunning("fw-all", harness.Numbered("running", 20)...)
			h.Discover([]string{harness.ProductKey}, nil)
		}, 20 * time.Second, 1.10},
		"600 ended ones of the same package, at the default interval": {5, 15 * time.Second, 20, func(h *harness.Harness) {
			h.PutPackage("fw-all")
			putEnded(h, "fw-all", 600)
			h.PutRunning("fw-all", harness.Numbered("running", 20)...)
			h.Discover([]string{harness.ProductKey}, nil)
		}, 20 * time.Second, 1.10},
		"600 configured ones that turn out to have ended": {5, 5 * time.Second, 20, func(h *harness.Harness) {
			running(20)(h)
			putEnded(h, "fw-ended", 600)
			for i := range 600 {
				h.Configure(fmt.Sprintf("ended-%05d", i))
			}
		}, 0, 2},
	} {
		t.Run(name, func(t *testing.T) {
			harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
				h.Sim.Record(true)
				h.Sim.Inject(gateway.Fault{Latency: 50 * time.Millisecond})
				h.Account().RequestsPerSecond = c.slots
				h.Setup.Rules.Interval = c.interval
				c.prepare(h)
				h.Apply()
				h.Pass(c.begin + time.Second)
				h.Within(10*time.Second, "each running batch polled", func() bool { return polledOf(h, "running") == c.running })
				worst := worstShown(h, 60*time.Second)
				t.Logf("running ones are up to %v old; %d of the others were polled", worst, polledOf(h, "ended"))
				if limit := time.Duration(c.limit*float64(c.interval)) + time.Second; worst > limit {
					t.Errorf("running ones are up to %v old, want %v", worst, limit)
				}
				if polled := polledOf(h, "ended"); polled < 40 {
					t.Errorf("%d of the others were polled", polled)
				}
				h.CheckBudget()
			})
		})
	}
}

// polledOf counts the batches with a prefix that were polled.
func polledOf(h *harness.Harness, prefix string) (n int) {
	for _, s := range h.Store.Snapshot() {
		if strings.HasPrefix(s.JobID, prefix) && !s.AsOf.IsZero() {
			n++
		}
	}
	return n
}

// The order of the first polls: configured batches, those that a list shows as running
// with the newest first, then those that have ended.
func TestOrderOfFirstPolls(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		h.Account().RequestsPerSecond = 1
		h.PutPackage("fw-1")
		begin := time.Now()
		for i, status := range []string{aliyun.StatusCompleted, aliyun.StatusInProgress, aliyun.StatusCanceled, aliyun.StatusInProgress, aliyun.StatusInProgress} {
			h.Put(fleet.Batch{FirmwareID: "fw-1", JobID: fmt.Sprintf("found-%d", i), Status: status, Create: begin.Add(time.Duration(i-10) * time.Minute), Start: begin, End: begin})
		}
		h.PutRunning("fw-2", harness.Numbered("configured", 3)...)
		h.Configure(harness.Numbered("configured", 3)...)
		h.Discover(nil, []string{"fw-1"})
		h.Apply()
		h.Pass(14 * time.Second)
		var got []string
		for i := range 8 {
			var at time.Time
			var id string
			for _, s := range h.Store.Snapshot() {
				if i == len(got) && !s.AsOf.IsZero() && !strings.Contains(strings.Join(got, " "), s.JobID) && (id == "" || s.AsOf.Before(at)) {
					id, at = s.JobID, s.AsOf
				}
			}
			got = append(got, id)
		}
		want := "configured-0000 configured-0001 configured-0002 found-4 found-3 found-1 found-2 found-0"
		if text := strings.Join(got, " "); text != want {
			t.Errorf("polled\n%s, want\n%s", text, want)
		}
	})
}

// Running batches that no list shows stay fresh while every batch in the lists changes
// all the time.
func TestListsThatChangeAllTheTime(t *testing.T) {
	conditions.SkipUnderRace(t, "many batches")
	for _, slots := range []int{5, 10} {
		t.Run(fmt.Sprint(slots, " slots"), func(t *testing.T) {
			harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
				h.Account().RequestsPerSecond = slots
				h.Setup.Rules.Interval = 5 * time.Second
				h.PutRunning("fw-running", harness.Numbered("running", 20)...)
				h.Configure(harness.Numbered("running", 20)...)
				h.PutPackage("fw-all")
				putEnded(h, "fw-all", 400)
				h.Discover(nil, []string{"fw-all"})
				rewriteLists(h, func(e map[string]any) { e["UtcModified"] = time.Now().Format(time.RFC3339Nano) })
				h.Apply()
				h.Pass(30 * time.Second)
				if worst := worstShown(h, 60*time.Second); worst > 11*time.Second {
					t.Errorf("running ones are up to %v old", worst)
				}
			})
		})
	}
}

// rewriteLists changes the entries of lists of batches.
func rewriteLists(h *harness.Harness, change func(entry map[string]any)) {
	h.RewriteAnswers(aliyun.OpListOTAJobByFirmware, func(_ *http.Request, answer map[string]any) {
		data, _ := answer["Data"].(map[string]any)
		entries, _ := data["SimpleOTAJobInfo"].([]any)
		for _, e := range entries {
			change(e.(map[string]any))
		}
	})
}

// After a restart with a state file, batches that have changed since do not delay running
// ones.
func TestColdStartWithAStateFile(t *testing.T) {
	conditions.SkipUnderRace(t, "many batches")
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		h.Account().RequestsPerSecond = 5
		h.Setup.Rules.Interval = 5 * time.Second
		h.PutPackage("fw-all")
		putEnded(h, "fw-all", 600)
		h.PutRunning("fw-running", harness.Numbered("running", 20)...)
		h.Configure(harness.Numbered("running", 20)...)
		h.Discover(nil, []string{"fw-all"})
		status, firmware := aliyun.StatusInProgress, "fw-all"
		var known []*store.State
		for i := range 600 { // they ran when the exporter stopped, two days ago
			asked := time.Now().Add(-48 * time.Hour)
			known = append(known, &store.State{
				Target: target.Target{Account: "production", Region: harness.Region, Instance: harness.Instance(""), JobID: fmt.Sprintf("ended-%05d", i), Origin: target.Discovered, FoundBy: "firmware fw-all"},
				Job:    &aliyun.Job{JobStatus: &status, FirmwareID: &firmware}, AsOf: asked, Asked: asked, Listed: asked,
			})
		}
		h.Store.Restore(known)
		h.Apply()
		h.Within(time.Minute, "each running batch polled", func() bool { return polledOf(h, "running") == 20 })
		if worst := worstShown(h, 60*time.Second); worst > 11*time.Second {
			t.Errorf("running ones are up to %v old", worst)
		}
	})
}

// Running batches stay fresh while slots are parked because a rival uses up most of the
// quota: what is left is shared as usual.
func TestColdStartBesideARival(t *testing.T) {
	conditions.SkipUnderRace(t, "many batches")
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		var rival atomic.Int64
		rival.Store(7)
		h.Sim.AddAccount(gateway.Account{Name: "main", Keys: []gateway.Key{harness.OwnKey}, Rival: func(time.Time) int { return int(rival.Load()) }})
		h.PutRunning("fw-running", harness.Numbered("running", 10)...)
		h.Configure(harness.Numbered("running", 10)...)
		h.PutPackage("fw-all")
		putEnded(h, "fw-all", 600)
		h.Discover(nil, []string{"fw-all"})
		h.Apply()
		h.Pass(2 * time.Minute)
		if worst := worstShown(h, 2*time.Minute); worst > 20*time.Second {
			t.Errorf("running ones are up to %v old", worst)
		}
	})
}
