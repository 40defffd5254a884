package collector_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-kit/log"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector"
)

// keep lets a harness keep its state in a file. The file is written at its
// intervals, and at the end only if the returned function is called: a kill -9
// does not.
func (h *harness) keep(path string, interval time.Duration) (stop func()) {
	h.t.Helper()
	file, err := collector.OpenStateFile(path, interval, h.store, collector.NewStateMetrics(h.registry), log.NewNopLogger())
	if err != nil {
		h.t.Fatal(err)
	}
	return file.Keep()
}

func TestRestart(t *testing.T) {
	for name, c := range map[string]struct {
		runs   time.Duration // of the first exporter
		killed bool
	}{
		"after a stop":       {time.Hour, false},
		"after kill -9":      {time.Hour, true},
		"after kill -9 soon": {12 * time.Second, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "state")
				first := newHarness(t)
				stop := first.keep(path, 5*time.Minute)
				first.inProgress(20)
				first.sim.AddBatch(simulator.Batch{Account: "main", JobID: "settled", FirmwareID: "fw-1", Status: "COMPLETED"})
				first.watch("", "settled")
				first.pass(c.runs)
				before := first.jobs()
				crashed, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				first.poller.Stop()
				stop()
				if c.killed {
					if err := os.WriteFile(path, crashed, 0o600); err != nil {
						t.Fatal(err)
					}
				}

				second := newHarness(t)
				second.redirectTo(first)
				defer second.keep(path, 5*time.Minute)()
				second.setup = first.setup
				calls := first.sim.Calls("main", "QueryOTAJob").Accepted
				beforeAnyPoll, cancel := context.WithCancel(t.Context())
				cancel()
				second.poller.Apply(beforeAnyPoll, second.setup)
				after := second.jobs()
				second.poller.Stop()
				if c.killed {
					// The newest ages are lost, nothing else.
					if was, is := count(before), count(after); was != is {
						t.Errorf("%d samples before, %d after", was, is)
					}
				} else if before != after {
					t.Errorf("before:\n%s\nafter:\n%s", before, after)
				}
				second.apply()
				second.pass(time.Minute)
				asked := first.sim.Calls("main", "QueryOTAJob").Accepted - calls
				if asked < 20*3 || asked > 20*5 {
					t.Errorf("%d calls in the minute after the restart, for 20 live jobs at 15 s", asked)
				}
				settled := `job_last_success_timestamp_seconds{account="production",job_id="settled"}`
				if was, is := lineOf(before, settled), lineOf(second.jobs(), settled); was != is {
					t.Errorf("the settled job was asked for again: %s, before %s", is, was)
				}
			})
		})
	}

	t.Run("without the jobs that are no longer configured", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "state")
			first := newHarness(t)
			stop := first.keep(path, time.Minute)
			first.inProgress(2)
			first.apply()
			first.pass(time.Minute)
			first.poller.Stop()
			stop()
			second := newHarness(t)
			second.refuseConnections(true)
			defer second.keep(path, time.Minute)()
			second.inProgress(1)
			second.apply()
			if lineOf(second.jobs(), `job_id="job-0"`) == "" || lineOf(second.jobs(), `job_id="job-1"`) != "" {
				t.Errorf("want job-0 only:\n%s", second.jobs())
			}
		})
	})
}

// count is the number of samples in a text exposition.
func count(metrics string) int {
	n := 0
	for line := range strings.Lines(metrics) {
		if line[0] != '#' {
			n++
		}
	}
	return n
}
