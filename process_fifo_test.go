//go:build darwin || freebsd || linux || netbsd || openbsd

package main

import (
	"path/filepath"
	"syscall"
	"testing"
)

// What waits for a file does not look at signals; the second one ends it.
func TestSecondSignal(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		t.Run(signal.String(), func(t *testing.T) {
			fifo := filepath.Join(t.TempDir(), "config.yml")
			if err := syscall.Mkfifo(fifo, 0o600); err != nil {
				t.Fatal(err)
			}
			p := startProcess(t, program(t, "--config.file="+fifo))
			openForReader(t, fifo)
			// The second may come before the first has been seen; more are the same as it.
			p.signal(signal)
			eventually(t, func() string {
				select {
				case <-p.ended:
					return ""
				default:
					_ = p.cmd.Process.Signal(signal) // it may have ended
					return "the end after two signals"
				}
			})
			if status := p.cmd.ProcessState.Sys().(syscall.WaitStatus); status.Signal() != signal {
				t.Errorf("the end: %v, want it by the signal", p.cmd.ProcessState)
			}
		})
	}
}
