//go:build darwin || freebsd || linux || netbsd || openbsd

package lifecycle_test

import (
	"path/filepath"
	"syscall"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/exportertest"
)

// What waits for a file does not look at signals; the second one ends it.
func TestSecondSignal(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		t.Run(signal.String(), func(t *testing.T) {
			fifo := filepath.Join(t.TempDir(), "config.yml")
			if err := syscall.Mkfifo(fifo, 0o600); err != nil {
				t.Fatal(err)
			}
			p := exportertest.StartProcess(t, exportertest.Command(t, "--config.file="+fifo))
			openForReader(t, fifo)
			// The second may come before the first has been seen; more are the same as it.
			p.Signal(signal)
			exportertest.Eventually(t, func() string {
				select {
				case <-p.Ended:
					return ""
				default:
					_ = p.Cmd.Process.Signal(signal) // it may have ended
					return "the end after two signals"
				}
			})
			if status := p.Cmd.ProcessState.Sys().(syscall.WaitStatus); status.Signal() != signal {
				t.Errorf("the end: %v, want it by the signal", p.Cmd.ProcessState)
			}
		})
	}
}
