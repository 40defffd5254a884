package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// Two processes, one state file: the second is refused and says which the first is, or takes
// over when the first ends, however it ends.
func TestOneExporterToAStateFile(t *testing.T) {
	t.Parallel()
	api := newFakeAPI(t)
	config, state := file(t, "config.yml", api.config("job1", "job2")), filepath.Join(t.TempDir(), "state")
	args := []string{"--config.file=" + config, "--persistence.file=" + state, "--persistence.interval=1ms"}
	first := startProcess(t, program(t, args...))
	first.awaitListening()
	first.awaitBatches([]string{"job1", "job2"})

	// A check is not another exporter.
	if _, _, err := command(t, append(args, "--config.check")...); err != nil {
		t.Errorf("--config.check beside an exporter that runs: %v", err)
	}

	second := startProcess(t, program(t, args...))
	<-second.ended
	if code := second.cmd.ProcessState.ExitCode(); code != 1 {
		t.Errorf("exit code %d, want 1", code)
	}
	wantIn(t, second.log.String(), "waiting for it to end",
		fmt.Sprintf("aliyun_iot_ota_exporter: --persistence.file: %s is in use by another exporter, pid %d on host ", state, first.cmd.Process.Pid),
		": stop that one, or name another file\n")

	for _, end := range []func(){func() { first.end(syscall.SIGTERM) }, func() { first.kill() }} {
		next := startProcess(t, program(t, args...))
		eventually(t, func() string {
			if strings.Contains(next.log.String(), "waiting for it to end") {
				return ""
			}
			return "the next exporter to wait"
		})
		end()
		next.awaitListening()
		if gone := missing(next.batches(), []string{"job1", "job2"}); len(gone) > 0 {
			t.Errorf("%v are not known to the next exporter\n%s", gone, next.log)
		}
		first = next
	}
	first.end(syscall.SIGTERM)
}

// A reload that is asked for before the configuration was read waits for it: it does not
// end the program.
func TestReloadBeforeTheStart(t *testing.T) {
	t.Parallel()
	api := newFakeAPI(t)
	config, state := file(t, "config.yml", api.config("job1")), filepath.Join(t.TempDir(), "state")
	args := []string{"--config.file=" + config, "--persistence.file=" + state}
	first := startProcess(t, program(t, args...))
	first.awaitListening()
	next := startProcess(t, program(t, args...))
	eventually(t, func() string {
		if strings.Contains(next.log.String(), "waiting for it to end") {
			return ""
		}
		return "the next exporter to wait"
	})
	next.signal(syscall.SIGHUP)
	first.end(syscall.SIGTERM)
	next.awaitListening()
	eventually(t, func() string {
		if strings.Count(next.log.String(), "configuration loaded") == 2 {
			return ""
		}
		return "the reload"
	})
	next.end(syscall.SIGTERM)
}
