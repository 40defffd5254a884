package statefile_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
)

// After a restart, /metrics shows the same as before at once, and no batch is polled earlier
// than without the restart.
func TestRestart(t *testing.T) {
	for name, c := range map[string]struct {
		runs   time.Duration // of the first exporter
		killed bool          // without writing the file
	}{
		"after a stop":        {12 * time.Minute, false},
		"after kill -9":       {12 * time.Minute, true},
		"after an early kill": {12 * time.Second, true},
	} {
		t.Run(name, func(t *testing.T) {
			harness.Simulated(t, func(t *testing.T, first *harness.Harness) {
				path := filepath.Join(t.TempDir(), "state")
				stop := first.Keep(path)
				first.ConfigureRunning(20)
				first.Put(fleet.Batch{JobID: "settled", FirmwareID: "fw-1", Status: "COMPLETED"})
				first.Watch("settled")
				first.Pass(c.runs)
				before := first.Jobs()
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

				second := first.Next(path)
				calls := first.Calls(aliyun.OpQueryOTAJob)
				beforeAnyPoll, cancel := context.WithCancel(t.Context())
				cancel()
				second.Poller.Apply(beforeAnyPoll, second.Setup)
				after := second.Jobs()
				second.Poller.Stop()
				if c.killed {
					// Only the newest ages are lost.
					if was, is := harness.CountSamples(before), harness.CountSamples(after); was != is {
						t.Errorf("%d samples before, %d after", was, is)
					}
				} else if diff := cmp.Diff(before, after); diff != "" {
					t.Errorf("(-before +after):\n%s", diff)
				}
				second.Apply()
				second.Pass(time.Minute)
				if asked := first.Calls(aliyun.OpQueryOTAJob) - calls; asked < 20*3 || asked > 20*5 {
					t.Errorf("%d calls in the minute after the restart, for 20 live jobs and an interval of 15 s", asked)
				}
				settled := `job_last_success_timestamp_seconds{account="production",job_id="settled"}`
				if was, is := harness.LineOf(before, settled), harness.LineOf(second.Jobs(), settled); was != is {
					t.Errorf("the settled job was polled again: %s, before %s", is, was)
				}
			})
		})
	}
}

// The time since when no device has finished goes on over a restart.
func TestRestartKeepsWhenADeviceLastFinished(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, first *harness.Harness) {
		const lastFinished = "job_devices_last_finished_timestamp_seconds{"
		path := filepath.Join(t.TempDir(), "state")
		stop := first.Keep(path)
		first.CountDevices()
		first.Add(harness.Ordinary(time.Now())) // none of its devices finishes
		first.Pass(time.Hour)
		stood := first.Value(lastFinished)
		stop()
		second := first.Next(path)
		second.Apply()
		second.Pass(10 * time.Minute)
		if is := second.Value(lastFinished); is != stood {
			t.Errorf("%v s later than before the restart", is-stood)
		}
	})
}

func TestRestartWithAJobRemovedFromTheConfiguration(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, first *harness.Harness) {
		path := filepath.Join(t.TempDir(), "state")
		stop := first.Keep(path)
		first.ConfigureRunning(2)
		first.Apply()
		first.Pass(time.Minute)
		stop()
		second := first.Next(path)
		second.RefuseConnections(true)
		second.Account().Targets = second.Account().Targets[:1]
		second.Apply()
		if text := second.Jobs(); harness.LineOf(text, `job_id="job-0000"`) == "" || harness.LineOf(text, `job_id="job-0001"`) != "" {
			t.Errorf("want job-0000 only:\n%s", text)
		}
	})
}

func TestDiscoveredBatchesAfterARestart(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, first *harness.Harness) {
		path := filepath.Join(t.TempDir(), "state")
		stop := first.Keep(path)
		first.CountDevices()
		first.PutPackage("fw-1", "job-1", "job-2")
		first.Put(fleet.Batch{FirmwareID: "fw-1", JobID: "counted", Devices: fleet.Devices{Count: 5, Offline: 1}})
		first.Put(fleet.Batch{FirmwareID: "fw-1", JobID: "settled", Status: "COMPLETED", End: time.Now()})
		first.PutPackage("fw-2", "of fw-2")
		first.Discover([]string{harness.ProductKey}, nil)
		first.Discover(nil, []string{"fw-2"})
		first.Apply()
		first.Pass(time.Minute)
		before := first.Jobs()
		stop()

		second := first.Next(path)
		answer := first.Sim.Inject(gateway.Fault{Kind: gateway.Hang}) // no call ends before the first scrape
		second.Apply()
		after := second.Jobs()
		answer()
		second.RefuseConnections(true)
		if diff := cmp.Diff(before, after); diff != "" || !strings.Contains(after, "job_devices{") {
			t.Errorf("first scrape (-before +after):\n%s", diff)
		}
		second.Pass(time.Hour)
		if diff := cmp.Diff(harness.WithoutPoll(before), harness.WithoutPoll(second.Jobs())); diff != "" {
			t.Errorf("while the API is down (-before +after):\n%s", diff)
		}
		second.RefuseConnections(false)
		second.PutRunning("fw-2", "new")
		second.Pass(time.Minute + 15*time.Second)
		second.WantIDs("counted", "job-1", "job-2", "new", "of fw-2", "settled")
		if age := second.WorstAge(1, 0, nil); age > 16*time.Second {
			t.Errorf("the data is %v old after the API is back", age)
		}
	})
}

func TestDeviceCountsAreKeptAcrossARestart(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, first *harness.Harness) {
		path := filepath.Join(t.TempDir(), "state")
		stop := first.Keep(path)
		first.CountDevices()
		first.Add(fleet.Batch{
			Status: "IN_PROGRESS", TimeoutInMinutes: 60, MaximumPerMinute: 100, Start: time.Now(), Counts: map[string]int{"QUEUED": 500, "SUCCEEDED": 500},
		})
		first.Pass(30 * time.Second)
		before := first.Jobs()
		stop()
		second := first.Next(path)
		second.RefuseConnections(true)
		second.Apply()
		if diff := cmp.Diff(harness.WithoutPoll(before), harness.WithoutPoll(second.Jobs())); diff != "" || harness.Sum(second.Counts()) != 1000 {
			t.Errorf("(-before +after):\n%s", diff)
		}
	})
}

// The file is written at least once an interval, even if only ages change.
func TestStateFileWithoutNews(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		h.Keep(filepath.Join(t.TempDir(), "state")) // every five minutes
		h.ConfigureRunning(3)
		h.Apply()
		h.Pass(time.Minute) // the first answers are important changes
		for range 5 {
			h.Pass(5 * time.Minute)
			written := time.UnixMilli(int64(1000 * h.Value("exporter_state_last_write_timestamp_seconds")))
			if age := time.Since(written); age > 5*time.Minute+10*time.Second {
				t.Errorf("last written %v ago", age)
			}
		}
	})
}
