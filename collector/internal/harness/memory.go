//go:build unix

package harness

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

// PeakMemory returns the peak resident memory of a process in MB, 0 if that is not known. The
// process is "self" or a number.
func PeakMemory(process string) (mb float64) {
	status, err := os.Open("/proc/" + process + "/status")
	if err != nil {
		return 0
	}
	defer status.Close()
	for lines := bufio.NewScanner(status); lines.Scan(); {
		if rest, ok := strings.CutPrefix(lines.Text(), "VmHWM:"); ok {
			var kb float64
			fmt.Sscanf(rest, "%f kB", &kb)
			return kb * 1024 / 1e6
		}
	}
	return 0
}

// CPUTime returns the CPU time that this process has used on all cores.
func CPUTime(tb testing.TB) time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
