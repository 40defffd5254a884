package docs_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/repository"
)

// inside is set in the environment of a test that runs in namespaces of its own.
const inside = "DOCS_TEST_INSIDE"

// isolated runs the test again in a network of its own, where every port is free and nothing
// but the loopback interface exists, and reports whether the caller is that second run. All
// processes of the second run end with it.
func isolated(t *testing.T) bool {
	t.Helper()
	if os.Getenv(inside) != "" {
		if err := raiseLoopback(); err != nil {
			t.Fatal(err)
		}
		return true
	}
	// go test knows only what this first run opens. This opens all that the second one depends on.
	repository.Program(t)
	runtime.LockOSThread() // Pdeathsig is about the thread that starts the process
	defer runtime.UnlockOSThread()
	again := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v", "-test.timeout=5m")
	again.Env = append(os.Environ(), inside+"=1")
	again.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET | syscall.CLONE_NEWPID, Pdeathsig: syscall.SIGKILL}
	if uid, gid := os.Getuid(), os.Getgid(); uid != 0 { // only root makes these without a user namespace
		again.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		again.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: uid, Size: 1}}
		again.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{HostID: gid, Size: 1}}
	}
	out, err := again.CombinedOutput()
	if _, ran := errors.AsType[*exec.ExitError](err); err != nil && !ran {
		if os.Getenv("CI") == "true" { // a container whose ports nobody else uses
			t.Logf("not isolated: %v", err)
			return true
		}
		t.Skipf("skipped without the right to create namespaces: %v", err)
	}
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	} else if strings.Contains(string(out), "--- SKIP: ") {
		t.Skipf("%s", out)
	}
	return false
}

// raiseLoopback switches the loopback interface on, which is off in a new network.
func raiseLoopback() error {
	socket, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM, 0)
	if err != nil {
		return err
	}
	defer syscall.Close(socket)
	request := struct { // ifreq
		name  [syscall.IFNAMSIZ]byte
		flags uint16
		_     [22]byte
	}{flags: syscall.IFF_UP | syscall.IFF_RUNNING}
	copy(request.name[:], "lo")
	if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, uintptr(socket), syscall.SIOCSIFFLAGS, uintptr(unsafe.Pointer(&request))); errno != 0 {
		return fmt.Errorf("switch the loopback interface on: %w", errno)
	}
	return nil
}

// user is someone who follows the documents: with the exporter and the tools in PATH, and
// with GitHub's copy of the repository, which has the current files.
type user struct {
	t   *testing.T
	env []string
}

func newUser(t *testing.T) user {
	t.Helper()
	for _, name := range []string{"git", "curl", "jq", "prometheus", "promtool", "amtool"} {
		repository.Tool(t, name)
	}
	github := published(t)
	return user{t, append(os.Environ(),
		"PATH="+filepath.Dir(repository.Program(t))+string(os.PathListSeparator)+os.Getenv("PATH"),
		"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=url."+github+".insteadOf",
		"GIT_CONFIG_VALUE_0=https://github.com/aliyun-iot-ota/aliyun_iot_ota_exporter",
		"GOPROXY=off", "GOTOOLCHAIN=local", // what the program needs is there since the test was built
	)}
}

// published returns the path of a repository to clone, with the current files.
func published(t *testing.T) (github string) {
	t.Helper()
	github = filepath.Join(t.TempDir(), "github")
	git := func(args ...string) {
		t.Helper()
		command := exec.CommandContext(t.Context(), "git", append([]string{"-c", "safe.directory=*", "-c", "maintenance.auto=false", "-c", "user.name=test", "-c", "user.email=test"}, args...)...)
		command.Env = append(os.Environ(), "GIT_DIR="+github, "GIT_WORK_TREE="+repository.Root(t))
		if out, err := command.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	git("init", "--quiet")
	git("add", "--all")
	git("commit", "--quiet", "--message=current files")
	return github
}

// terminal runs commands in a folder until they end or are interrupted.
type terminal struct {
	t       *testing.T
	command *exec.Cmd
	ended   chan error
	output  lockedBuffer // of both streams
}

// open starts a shell with the commands, which stops at the first one that fails.
func (u user) open(folder, commands string) *terminal {
	u.t.Helper()
	term := &terminal{t: u.t, ended: make(chan error, 1)}
	term.command = exec.CommandContext(u.t.Context(), "sh", "-eu", "-c", commands)
	term.command.Dir, term.command.Env = folder, u.env
	term.command.Stdout, term.command.Stderr = &term.output, &term.output
	term.command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // for Ctrl-C
	if err := term.command.Start(); err != nil {
		u.t.Fatal(err)
	}
	go func() { term.ended <- term.command.Wait() }()
	return term
}

// run demands that the commands succeed, and returns their output.
func (u user) run(folder, commands string) string {
	u.t.Helper()
	term := u.open(folder, commands)
	select {
	case err := <-term.ended:
		if err != nil {
			u.t.Errorf("%v\n%s\n%s", err, commands, term.output.String())
		}
	case <-time.After(time.Minute):
		u.t.Fatalf("has not ended after a minute:\n%s\n%s", commands, term.output.String())
	}
	return term.output.String()
}

// interrupt does what Ctrl-C does, and demands that everything in the terminal ends.
func (term *terminal) interrupt() {
	term.t.Helper()
	if err := syscall.Kill(-term.command.Process.Pid, syscall.SIGINT); err != nil {
		term.t.Error(err)
	}
	select {
	case <-term.ended:
	case <-time.After(30 * time.Second):
		term.t.Errorf("Ctrl-C does not end it:\n%s", term.output.String())
	}
}

// until waits until check succeeds, which it may do only while the terminal runs.
func (term *terminal) until(check func() error) {
	term.t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); ; {
		err := check()
		if err == nil {
			return
		}
		select {
		case ended := <-term.ended:
			term.t.Fatalf("ended: %v\n%s", ended, term.output.String())
		case <-time.After(200 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			term.t.Fatalf("%v\n%s", err, term.output.String())
		}
	}
}

// lockedBuffer is a buffer for several goroutines.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}
