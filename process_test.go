package main

import (
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"
)

// program is the exporter as a command that is not started yet.
func program(t *testing.T, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	return cmd
}

// process is an exporter in a process of its own, which can be killed, and gets
// signals that no other exporter gets.
type process struct {
	exporter
	cmd   *exec.Cmd
	ended chan struct{}
}

// startProcess starts a program on any port, until the test ends. It does not wait
// until the program listens.
func startProcess(t *testing.T, cmd *exec.Cmd) *process {
	t.Helper()
	p := &process{cmd: cmd, ended: make(chan struct{})}
	p.t, p.log = t, &logLines{listening: make(chan string, 1)}
	cmd.Args = append(cmd.Args, anyPort)
	cmd.Stderr = p.log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.ended)
		_ = cmd.Wait() // tests look at the exit code where it matters
	}()
	t.Cleanup(p.kill)
	return p
}

// awaitListening waits until the process can be asked.
func (p *process) awaitListening() {
	p.t.Helper()
	select {
	case address := <-p.log.listening:
		p.urls = []string{"http://" + address}
	case <-p.ended:
		p.t.Fatalf("it ended before it listened: %v\n%s", p.cmd.ProcessState, p.log)
	case <-time.After(30 * time.Second):
		p.t.Fatalf("waited 30 s in vain for it to listen\n%s", p.log)
	}
}

// kill is kill -9.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // an error means that it has ended by itself
	<-p.ended
}

func (p *process) signal(s os.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Fatalf("%v: %v\n%s", s, err, p.log)
	}
}

// end sends a signal that asks for an orderly end, and demands exit code 0.
func (p *process) end(s os.Signal) {
	p.t.Helper()
	p.signal(s)
	<-p.ended
	if !p.cmd.ProcessState.Success() {
		p.t.Errorf("the end: %v, want exit code 0\n%s", p.cmd.ProcessState, p.log)
	}
}

// What a shell or a supervisor sees of the exporter.
func TestProcess(t *testing.T) {
	t.Run("an error", func(t *testing.T) {
		cmd := program(t, "--nope")
		out, _ := cmd.CombinedOutput() // its error says no more than the exit code
		if code := cmd.ProcessState.ExitCode(); code != 1 {
			t.Errorf("exit code %d, want 1", code)
		}
		if want := "aliyun_iot_ota_exporter: unknown long flag '--nope', see --help\n"; string(out) != want {
			t.Errorf("output %q, want %q", out, want)
		}
	})
	for _, signal := range []os.Signal{syscall.SIGTERM, syscall.SIGINT} {
		t.Run(signal.String(), func(t *testing.T) {
			p := startProcess(t, program(t, "--demo"))
			p.awaitListening()
			p.end(signal)
		})
	}
}
