package program_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/exportertest"
)

// On a terminal --config.check-live shows a line of progress, and erases it at the end.
func TestCheckLiveOnATerminal(t *testing.T) {
	master, terminal := openTerminal(t)
	output := make(chan string)
	go func() {
		var b bytes.Buffer
		_, _ = io.Copy(&b, master) // ends with an error when the terminal is closed
		output <- b.String()
	}()
	var stdout bytes.Buffer
	err := collector.Run(t.Context(), []string{"--config.check-live", "--config.file=" + exportertest.TempFile(t, "config.yml", liveSetup(t, 25))}, &stdout, terminal)
	terminal.Close()
	got := <-output
	if err == nil || !strings.Contains(got, "\rchecked ") || !strings.Contains(got, " of 26") {
		t.Errorf("error %v, the terminal shows %q", err, got)
	}
	if last := got[strings.LastIndex(strings.TrimSuffix(got, "\r"), "\r")+1:]; strings.TrimSpace(last) != "" {
		t.Errorf("%q is left on the terminal", last)
	}
	if strings.Contains(stdout.String(), "\r") {
		t.Errorf("progress is shown in %q", &stdout)
	}
}

// openTerminal opens a pseudo-terminal and closes it when the test ends.
func openTerminal(t *testing.T) (master, terminal *os.File) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no pseudo-terminal: %v", err)
	}
	t.Cleanup(func() { master.Close() })
	var number, lock uint32 // a lock of 0 unlocks the terminal
	for request, argument := range map[uintptr]*uint32{syscall.TIOCGPTN: &number, syscall.TIOCSPTLCK: &lock} {
		if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, master.Fd(), request, uintptr(unsafe.Pointer(argument))); errno != 0 {
			t.Fatal(errno)
		}
	}
	if terminal, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { terminal.Close() })
	return master, terminal
}
