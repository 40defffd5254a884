package program_test

import (
	"os"
	"syscall"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/exportertest"
)

// The exit codes and the output are what a shell or a supervisor expects.
func TestProcess(t *testing.T) {
	t.Run("an error at the start", func(t *testing.T) {
		cmd := exportertest.Command(t, "--nope")
		out, _ := cmd.CombinedOutput() // err is only the exit code
		if code := cmd.ProcessState.ExitCode(); code != 1 {
			t.Errorf("exit code %d, want 1", code)
		}
		if want := "aliyun_iot_ota_exporter: unknown flag --nope; see --help\n"; string(out) != want {
			t.Errorf("output %q, want %q", out, want)
		}
	})
	for _, signal := range []os.Signal{syscall.SIGTERM, syscall.SIGINT} {
		t.Run(signal.String(), func(t *testing.T) {
			p := exportertest.StartProcess(t, exportertest.Command(t, "--demo"))
			p.AwaitListening()
			p.End(signal)
		})
	}
}
