package exportertest

import (
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/repository"
)

// Command is a command that runs the built program. It is not started yet.
func Command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	return exec.CommandContext(t.Context(), repository.Program(t), args...)
}

// Process is an exporter in a process of its own, which can be killed, and gets
// signals that no other exporter gets.
type Process struct {
	Exporter
	Cmd   *exec.Cmd
	Ended chan struct{} // closed when the process has ended; Cmd.ProcessState is set then
}

// StartProcess starts a command on any free port. The process is killed when the test
// ends. StartProcess does not wait until the program listens.
func StartProcess(t *testing.T, cmd *exec.Cmd) *Process {
	t.Helper()
	p := &Process{Cmd: cmd, Ended: make(chan struct{})}
	p.T, p.Log = t, &Log{listening: make(chan string, 1)}
	cmd.Args = append(cmd.Args, AnyPort)
	cmd.Stderr = p.Log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.Ended)
		_ = cmd.Wait() // tests look at the exit code where it matters
	}()
	t.Cleanup(p.Kill)
	return p
}

// AwaitListening waits until the process answers requests.
func (p *Process) AwaitListening() {
	p.T.Helper()
	select {
	case address := <-p.Log.listening:
		p.URLs = []string{"http://" + address}
	case <-p.Ended:
		p.T.Fatalf("it ended before it listened: %v\n%s", p.Cmd.ProcessState, p.Log)
	case <-time.After(30 * time.Second):
		p.T.Fatalf("it does not listen after 30 s\n%s", p.Log)
	}
}

// Kill ends the process as kill -9 does, and waits for the end.
func (p *Process) Kill() {
	_ = p.Cmd.Process.Kill() // an error means that it has ended by itself
	<-p.Ended
}

// Signal sends a signal.
func (p *Process) Signal(s os.Signal) {
	p.T.Helper()
	if err := p.Cmd.Process.Signal(s); err != nil {
		p.T.Fatalf("%v: %v\n%s", s, err, p.Log)
	}
}

// End sends a signal that asks for an orderly end, and checks that the exit code is 0.
func (p *Process) End(s os.Signal) {
	p.T.Helper()
	p.Signal(s)
	<-p.Ended
	if !p.Cmd.ProcessState.Success() {
		p.T.Errorf("the end: %v, want exit code 0\n%s", p.Cmd.ProcessState, p.Log)
	}
}
