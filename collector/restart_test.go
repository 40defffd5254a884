package collector_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector"
)

// keep lets an exporter keep its state in a file. stop ends it as the program does;
// the test's end does so otherwise.
func (h *harness) keep(path string) (stop func()) {
	h.t.Helper()
	file, err := collector.OpenStateFile(h.t.Context(), path, 5*time.Minute, h.store, collector.NewStateMetrics(h.registry), h.options.Logger)
	if err != nil {
		h.t.Fatal(err)
	}
	stopKeeping := file.Keep()
	stop = sync.OnceFunc(func() {
		h.poller.Stop()
		stopKeeping()
		file.Close()
	})
	h.t.Cleanup(stop)
	return stop
}

// next is the exporter that is started after this one, with its configuration, its
// state file and its simulator. Nothing is applied yet.
func (h *harness) next(path string) *harness {
	h.t.Helper()
	next := newHarness(h.t)
	next.redirectTo(h)
	next.setup = h.setup
	next.keep(path)
	return next
}

// After a restart, /metrics shows at once what it did before, and nothing is asked
// for earlier than without one.
func TestRestart(t *testing.T) {
	for name, c := range map[string]struct {
		runs   time.Duration // of the first exporter
		killed bool          // it did not write the file at its end
	}{
		"after a stop":       {time.Hour, false},
		"after kill -9":      {time.Hour, true},
		"after kill -9 soon": {12 * time.Second, true},
	} {
		t.Run(name, func(t *testing.T) {
			simulated(t, func(t *testing.T, first *harness) {
				path := filepath.Join(t.TempDir(), "state")
				stop := first.keep(path)
				first.configureRunning(20)
				first.put(simulator.Batch{JobID: "settled", FirmwareID: "fw-1", Status: "COMPLETED"})
				first.watch("settled")
				first.pass(c.runs)
				before := first.jobs()
				crashed, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				stop()
				if c.killed {
					if err := os.WriteFile(path, crashed, 0o600); err != nil {
						t.Fatal(err)
					}
				}

				second := first.next(path)
				calls := first.calls(aliyun.OpQueryOTAJob)
				beforeAnyPoll, cancel := context.WithCancel(t.Context())
				cancel()
				second.poller.Apply(beforeAnyPoll, second.setup)
				after := second.jobs()
				second.poller.Stop()
				if c.killed {
					// The newest ages are lost, nothing else.
					if was, is := countSamples(before), countSamples(after); was != is {
						t.Errorf("%d samples before, %d after", was, is)
					}
				} else if diff := cmp.Diff(before, after); diff != "" {
					t.Errorf("(-before +after):\n%s", diff)
				}
				second.apply()
				second.pass(time.Minute)
				if asked := first.calls(aliyun.OpQueryOTAJob) - calls; asked < 20*3 || asked > 20*5 {
					t.Errorf("%d calls in the minute after the restart, for 20 live jobs at 15 s", asked)
				}
				settled := `job_last_success_timestamp_seconds{account="production",job_id="settled"}`
				if was, is := lineOf(before, settled), lineOf(second.jobs(), settled); was != is {
					t.Errorf("the settled job was asked for again: %s, before %s", is, was)
				}
			})
		})
	}
}

func TestRestartWithoutAJobThatWasConfigured(t *testing.T) {
	simulated(t, func(t *testing.T, first *harness) {
		path := filepath.Join(t.TempDir(), "state")
		stop := first.keep(path)
		first.configureRunning(2)
		first.apply()
		first.pass(time.Minute)
		stop()
		second := first.next(path)
		second.refuseConnections(true)
		second.account().Targets = second.account().Targets[:1]
		second.apply()
		if text := second.jobs(); lineOf(text, `job_id="job-0000"`) == "" || lineOf(text, `job_id="job-0001"`) != "" {
			t.Errorf("want job-0000 only:\n%s", text)
		}
	})
}

func TestDiscoveredBatchesAreThereAfterARestart(t *testing.T) {
	simulated(t, func(t *testing.T, first *harness) {
		path := filepath.Join(t.TempDir(), "state")
		stop := first.keep(path)
		first.countDevices()
		first.putPackage("fw-1", "job-1", "job-2")
		first.put(simulator.Batch{FirmwareID: "fw-1", JobID: "counted", Devices: simulator.Devices{Count: 5, Offline: 1}})
		first.put(simulator.Batch{FirmwareID: "fw-1", JobID: "settled", Status: "COMPLETED", End: time.Now()})
		first.putPackage("fw-2", "of fw-2")
		first.discover([]string{productKey}, nil)
		first.discover(nil, []string{"fw-2"})
		first.apply()
		first.pass(time.Minute)
		before := first.jobs()
		stop()

		second := first.next(path)
		second.refuseConnections(true)
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
		second.putRunning("fw-2", "new")
		second.pass(time.Minute + 15*time.Second)
		second.wantIDs("counted", "job-1", "job-2", "new", "of fw-2", "settled")
		if age := second.worstAge(1, 0, nil); age > 16*time.Second {
			t.Errorf("the data is %v old after the API is back", age)
		}
	})
}

func TestDeviceCountsAreKeptAcrossARestart(t *testing.T) {
	simulated(t, func(t *testing.T, first *harness) {
		path := filepath.Join(t.TempDir(), "state")
		stop := first.keep(path)
		first.countDevices()
		first.add(simulator.Batch{
			Status: "IN_PROGRESS", TimeoutInMinutes: 60, MaximumPerMinute: 100, Start: time.Now(), Counts: map[string]int{"QUEUED": 500, "SUCCEEDED": 500},
		})
		first.pass(30 * time.Second)
		before := first.jobs()
		stop()
		second := first.next(path)
		second.refuseConnections(true)
		second.apply()
		if diff := cmp.Diff(withoutPoll(before), withoutPoll(second.jobs())); diff != "" || sum(second.counts()) != 1000 {
			t.Errorf("(-before +after):\n%s", diff)
		}
	})
}

// The file is written at least once an interval, also when nothing but ages changes.
func TestStateFileWithoutNews(t *testing.T) {
	simulated(t, func(t *testing.T, h *harness) {
		h.keep(filepath.Join(t.TempDir(), "state")) // every five minutes
		h.configureRunning(3)
		h.apply()
		h.pass(time.Minute) // the first answers are news
		for range 5 {
			h.pass(5 * time.Minute)
			written := time.UnixMilli(int64(1000 * h.value("exporter_state_last_write_timestamp_seconds")))
			if age := time.Since(written); age > 5*time.Minute+10*time.Second {
				t.Errorf("last written %v ago", age)
			}
		}
	})
}
