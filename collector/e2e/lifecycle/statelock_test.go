package lifecycle_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/exportertest"
)

// Two processes, one state file: the second is refused and says which the first is, or takes
// over when the first ends, however it ends.
func TestOneExporterToAStateFile(t *testing.T) {
	t.Parallel()
	api := exportertest.NewAPI(t)
	config, state := exportertest.TempFile(t, "config.yml", api.Config("job1", "job2")), filepath.Join(t.TempDir(), "state")
	args := []string{"--config.file=" + config, "--persistence.file=" + state, "--persistence.interval=1ms"}
	first := exportertest.StartProcess(t, exportertest.Command(t, args...))
	first.AwaitListening()
	first.AwaitBatches([]string{"job1", "job2"})

	// A check is not another exporter.
	if _, _, err := exportertest.Run(t, append(args, "--config.check")...); err != nil {
		t.Errorf("--config.check beside an exporter that runs: %v", err)
	}

	second := exportertest.StartProcess(t, exportertest.Command(t, args...))
	<-second.Ended
	if code := second.Cmd.ProcessState.ExitCode(); code != 1 {
		t.Errorf("exit code %d, want 1", code)
	}
	exportertest.WantIn(t, second.Log.String(), "waiting for it to end",
		fmt.Sprintf("aliyun_iot_ota_exporter: --persistence.file: %s is in use by another exporter, pid %d on host ", state, first.Cmd.Process.Pid),
		": stop that one, or name another file\n")

	for _, end := range []func(){func() { first.End(syscall.SIGTERM) }, func() { first.Kill() }} {
		next := exportertest.StartProcess(t, exportertest.Command(t, args...))
		exportertest.Eventually(t, func() string {
			if strings.Contains(next.Log.String(), "waiting for it to end") {
				return ""
			}
			return "the next exporter to wait"
		})
		end()
		next.AwaitListening()
		if gone := exportertest.Missing(next.Batches(), []string{"job1", "job2"}); len(gone) > 0 {
			t.Errorf("%v are not known to the next exporter\n%s", gone, next.Log)
		}
		first = next
	}
	first.End(syscall.SIGTERM)
}

// A reload that is asked for before the configuration was read waits for it: it does not
// end the program.
func TestReloadBeforeTheStart(t *testing.T) {
	t.Parallel()
	api := exportertest.NewAPI(t)
	config, state := exportertest.TempFile(t, "config.yml", api.Config("job1")), filepath.Join(t.TempDir(), "state")
	args := []string{"--config.file=" + config, "--persistence.file=" + state}
	first := exportertest.StartProcess(t, exportertest.Command(t, args...))
	first.AwaitListening()
	next := exportertest.StartProcess(t, exportertest.Command(t, args...))
	exportertest.Eventually(t, func() string {
		if strings.Contains(next.Log.String(), "waiting for it to end") {
			return ""
		}
		return "the next exporter to wait"
	})
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
