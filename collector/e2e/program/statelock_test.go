package program_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/exportertest"
)

// Only one exporter uses a state file. A second one waits for it. It takes over if the first
// one ends in time, and otherwise fails with an error that names the first one.
func TestTwoExportersWithOneStateFile(t *testing.T) {
	t.Parallel()
	api := exportertest.NewAPI(t)
	config, state := exportertest.TempFile(t, "config.yml", api.Config("job1", "job2")), filepath.Join(t.TempDir(), "state")
	args := []string{"--config.file=" + config, "--persistence.file=" + state, "--persistence.interval=50ms"}
	first := exportertest.StartProcess(t, exportertest.Command(t, args...))
	first.AwaitListening()
	first.AwaitBatches([]string{"job1", "job2"})

	// A check does not use the state file.
	if _, _, err := exportertest.Run(t, append(args, "--config.check")...); err != nil {
		t.Errorf("--config.check while the exporter runs: %v", err)
	}

	second := exportertest.StartProcess(t, exportertest.Command(t, args...))
	<-second.Ended
	if code := second.Cmd.ProcessState.ExitCode(); code != 1 {
		t.Errorf("exit code %d, want 1", code)
	}
	exportertest.WantIn(t, second.Log.String(), "waiting for it to end",
		fmt.Sprintf("aliyun_iot_ota_exporter: --persistence.file: %s is in use by another exporter, pid %d on host ", state, first.Cmd.Process.Pid),
		": stop that exporter, or use another file, because each exporter needs its own\n")

	for _, end := range []func(){func() { first.End(syscall.SIGTERM) }, func() { first.Kill() }} {
		next := exportertest.StartProcess(t, exportertest.Command(t, args...))
		next.AwaitLog("waiting for it to end")
		end()
		next.AwaitListening()
		if gone := exportertest.Missing(next.Batches(), []string{"job1", "job2"}); len(gone) > 0 {
			t.Errorf("the next exporter does not know batches %v\n%s", gone, next.Log)
		}
		first = next
	}
	first.End(syscall.SIGTERM)
}

// SIGHUP while the program waits for the state file does not end it. The reload happens
// after the start.
func TestReloadDuringTheStart(t *testing.T) {
	t.Parallel()
	api := exportertest.NewAPI(t)
	config, state := exportertest.TempFile(t, "config.yml", api.Config("job1")), filepath.Join(t.TempDir(), "state")
	args := []string{"--config.file=" + config, "--persistence.file=" + state}
	first := exportertest.StartProcess(t, exportertest.Command(t, args...))
	first.AwaitListening()
	next := exportertest.StartProcess(t, exportertest.Command(t, args...))
	next.AwaitLog("waiting for it to end")
	next.Signal(syscall.SIGHUP)
	first.End(syscall.SIGTERM)
	next.AwaitListening()
	exportertest.Eventually(t, func() string {
		if strings.Count(next.Log.String(), "configuration loaded") == 2 {
			return ""
		}
		return "the reload"
	})
	next.End(syscall.SIGTERM)
}
