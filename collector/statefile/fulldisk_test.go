//go:build unix

package statefile_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/conditions"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
)

// With a full disk, the previous state file remains intact, the failure is logged once, and
// everything else works. The state is written once there is space again.
func TestStateFileOnAFullDisk(t *testing.T) {
	if !conditions.InChild(t) {
		return
	}
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "state")
		read := func() string {
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			return string(content)
		}
		h := harness.New(t)
		h.Keep(path)
		h.ConfigureRunning(3)
		h.Apply()
		h.Pass(10*time.Second + time.Millisecond)
		before := read()
		if n := strings.Count(before, `"JobStatus":"IN_PROGRESS"`); n != 3 {
			t.Fatalf("%d batches in the file:\n%s", n, before)
		}

		h.Update("job-0000", func(b *fleet.Batch) { b.Status, b.End = "COMPLETED", time.Now() })
		free := fillDisk(t)
		h.Pass(time.Minute)
		now := read()
		free()
		if now != before {
			t.Errorf("the previous file changed:\n%s", now)
		}
		if files, err := os.ReadDir(filepath.Dir(path)); len(files) != 2 || err != nil {
			t.Errorf("%v, %v: want the state file and its lock, and no temporary file", files, err)
		}
		if h.Samples("exporter_state_write_failures_total 6") != 1 {
			t.Errorf("want six failed writes in a minute:\n%s", h.Scrape())
		}
		if n := strings.Count(h.Logs.String(), "writing the state file failed"); n != 1 || !strings.Contains(h.Logs.String(), "; free space on the disk") {
			t.Errorf("logged %d times, want once, with the cure:\n%s", n, h.Logs.String())
		}
		if n := h.Samples("job_poll_success", "} 1"); n != 3 || h.Samples("job_status", "job-0000", `status="COMPLETED"} 1`) != 1 {
			t.Errorf("%d batches are polled successfully:\n%s", n, h.Jobs())
		}

		h.Pass(10 * time.Second)
		if !strings.Contains(read(), "COMPLETED") {
			t.Errorf("not written once there was space:\n%s", read())
		}
		if h.Value("exporter_state_last_write_timestamp_seconds 9") < float64(time.Now().Add(-time.Second).Unix()) {
			t.Error("the metric does not show the time of the write")
		}
		if !strings.Contains(h.Logs.String(), "writing the state file succeeds again") {
			t.Errorf("the recovery is not logged:\n%s", h.Logs.String())
		}
	})
}

// fillDisk limits the size of every file that this process writes, as if the disk were full,
// until free is called.
func fillDisk(t *testing.T) (free func()) {
	t.Helper()
	var old syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
		t.Fatal(err)
	}
	free = func() {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(free) // after a failure too
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 100, Max: old.Max}); err != nil {
		t.Skip("the size of files cannot be limited here:", err)
	}
	return free
}
