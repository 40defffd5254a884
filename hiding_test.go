package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// hiding is the program with an environment that holds secrets, but nothing of
// this machine. It is a process of its own because libraries write past run.
func hiding(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	home := t.TempDir()
	if err := os.Mkdir(filepath.Join(home, ".aliyun"), 0o700); err != nil {
		t.Fatal(err)
	}
	rewrite(t, filepath.Join(home, ".aliyun", "config.json"),
		`{"current":"p","profiles":[{"name":"p","mode":"External","process_command":"echo `+plantedProcess+`"}]}`)
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Env = []string{asProgram + "=1", "PATH=" + os.Getenv("PATH"), "HOME=" + home, "ALIBABA_CLOUD_ECS_METADATA_DISABLED=true",
		"DEBUG=credential", "HTTP_PROXY=http://proxy:" + plantedPassword + "@127.0.0.1:9"}
	return cmd
}

// startHiding starts it and waits until it listens.
func startHiding(t *testing.T, args ...string) (p *process, stdout *bytes.Buffer) {
	t.Helper()
	stdout = new(bytes.Buffer)
	p = &process{cmd: hiding(t, args...), ended: make(chan struct{})}
	p.t, p.log = t, &logLines{listening: make(chan string, 1)}
	p.cmd.Stdout, p.cmd.Stderr = stdout, p.log
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.ended)
		_ = p.cmd.Wait() // its exit code is looked at where it matters
	}()
	t.Cleanup(p.kill)
	p.awaitListening()
	return p, stdout
}

// printed is all that the program writes until it ends by itself.
func printed(t *testing.T, args ...string) string {
	t.Helper()
	text, err := hiding(t, args...).CombinedOutput()
	if _, failed := errors.AsType[*exec.ExitError](err); err != nil && !failed {
		t.Fatal(err)
	}
	return string(text)
}
