//go:build darwin || freebsd || linux || netbsd || openbsd

package program_test

import (
	"path/filepath"
	"syscall"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/exportertest"
)

// While the program reads a file that never ends, the first signal cannot stop it. A second
// signal ends it.
func TestSecondSignal(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		t.Run(signal.String(), func(t *testing.T) {
			fifo := filepath.Join(t.TempDir(), "config.yml")
			if err := syscall.Mkfifo(fifo, 0o600); err != nil {
				t.Fatal(err)
			}
			p := exportertest.StartProcess(t, exportertest.Command(t, "--config.file="+fifo))
			openForReader(t, fifo)
			// The second signal may come before the program has noticed the first one, so the test
			// sends it again and again.
			p.Signal(signal)
			exportertest.Eventually(t, func() string {
				select {
				case <-p.Ended:
					return ""
				default:
					_ = p.Cmd.Process.Signal(signal) // an error means that it has ended
					return "the end of the program after two signals"
				}
			})
			if status := p.Cmd.ProcessState.Sys().(syscall.WaitStatus); status.Signal() != signal {
				t.Errorf("it ended with %v, want the signal", p.Cmd.ProcessState)
			}
		})
	}
}
