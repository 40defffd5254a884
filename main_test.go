package main

import (
	"bytes"
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// smallest is a file that is good and polls nothing but this machine's port 9,
// which nobody answers on.
const smallest = `accounts:
  - name: production
    endpoint: http://127.0.0.1:9
    credentials: {access_key_id: LTAItest, access_key_secret: do-not-show}
    instances: [{jobs: [job1]}]
`

// file writes a file for one test and gives its name.
func file(t *testing.T, name, text string) string {
	t.Helper()
	name = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// command is a run that ends by itself.
func command(t *testing.T, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	var out, errs bytes.Buffer
	err = run(ctx, args, &out, &errs)
	if ctx.Err() != nil {
		t.Fatalf("%v did not end by itself", args)
	}
	return out.String(), errs.String(), err
}

func TestCommandsThatOnlyPrint(t *testing.T) {
	good := file(t, "good.yml", smallest)
	for name, c := range map[string]struct {
		args []string
		want []string
	}{
		"help":                 {[]string{"--help"}, []string{"usage: aliyun_iot_ota_exporter", "--config.file", "--web.listen-address"}},
		"help by one letter":   {[]string{"-h"}, []string{"usage: aliyun_iot_ota_exporter"}},
		"version":              {[]string{"--version"}, []string{"aliyun_iot_ota_exporter, version"}},
		"check of a good file": {[]string{"--config.check", "--config.file=" + good}, []string{"The configuration is good", "production"}},
		"check of the demo":    {[]string{"--config.check", "--demo"}, []string{"The configuration is good", "partner"}},
	} {
		t.Run(name, func(t *testing.T) {
			stdout, _, err := command(t, c.args...)
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range c.want {
				if !strings.Contains(stdout, want) {
					t.Errorf("%q is missing in\n%s", want, stdout)
				}
			}
			if strings.Contains(stdout, "do-not-show") {
				t.Errorf("the secret is in\n%s", stdout)
			}
		})
	}
}

func TestCommandsThatCannotRun(t *testing.T) {
	good := "--config.file=" + file(t, "good.yml", smallest)
	bad := "--config.file=" + file(t, "bad.yml", "polling: {interval: 15}\naccounts:\n  - naem: production\n    requests_per_second: 11\n")
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()

	for name, c := range map[string]struct {
		args []string
		want []string // all of it in the one error
	}{
		"an unknown flag":         {[]string{"--nope"}, []string{"unknown long flag '--nope', see --help"}},
		"an argument":             {[]string{"demo"}, []string{"unexpected demo, see --help"}},
		"an unknown log level":    {[]string{"--log.level=loud"}, []string{"must be one of debug,info,warn,error"}},
		"a missing file":          {[]string{"--config.file=missing.yml"}, []string{"load config: open missing.yml: no such file"}},
		"a missing file, checked": {[]string{"--config.check", "--config.file=missing.yml"}, []string{"load config: open missing.yml: no such file"}},
		"a bad file": {[]string{bad, "--web.listen-address=127.0.0.1:0"}, []string{
			"bad.yml:\n", "line 1: polling.interval: ", "line 3: accounts[0].naem: ", "line 4: accounts[0].requests_per_second: "}},
		"a bad file, checked": {[]string{bad, "--config.check"}, []string{
			"bad.yml:\n", "line 1: polling.interval: ", "line 3: accounts[0].naem: ", "line 4: accounts[0].requests_per_second: "}},
		"an address in use":      {[]string{good, "--web.listen-address=" + taken.Addr().String()}, []string{"--web.listen-address=" + taken.Addr().String(), "in use"}},
		"an address that is not": {[]string{good, "--web.listen-address=nowhere"}, []string{"--web.listen-address=nowhere: "}},
		"a relative path":        {[]string{good, "--web.telemetry-path=metrics"}, []string{`--web.telemetry-path="metrics"`}},
		"a path that is taken":   {[]string{good, "--web.telemetry-path=/-/ready"}, []string{`--web.telemetry-path="/-/ready"`}},
	} {
		t.Run(name, func(t *testing.T) {
			stdout, stderr, err := command(t, c.args...)
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error %q, want %q in it", err, want)
				}
			}
			// main prints the error, and nothing shall stand beside it.
			if stdout != "" || stderr != "" {
				t.Errorf("stdout %q, stderr %q, want nothing", stdout, stderr)
			}
		})
	}
}

func TestCheckLive(t *testing.T) {
	t.Run("all is well", func(t *testing.T) {
		config := newFakeAPI(t).config("job1")
		stdout, _, err := command(t, "--config.check-live", "--config.file="+file(t, "config.yml", config))
		if err != nil || !strings.Contains(stdout, "The configuration is good") || !strings.Contains(stdout, "ok") {
			t.Errorf("error %v, stdout\n%s", err, stdout)
		}
	})
	t.Run("nobody answers", func(t *testing.T) {
		stdout, _, err := command(t, "--config.check-live", "--config.file="+file(t, "config.yml", smallest))
		if err == nil || !strings.Contains(stdout, "transport") || strings.Contains(stdout, "do-not-show") {
			t.Errorf("error %v, stdout\n%s", err, stdout)
		}
	})
}

func TestFlagsFromTheEnvironment(t *testing.T) {
	warned := "--config.file=" + file(t, "warned.yml", strings.Replace(smallest, "endpoint: http://127.0.0.1:9", "region: mars-north-1", 1))
	t.Run("a flag", func(t *testing.T) {
		if _, stderr, err := command(t, warned, "--config.check"); err != nil || !strings.Contains(stderr, "unknown region") {
			t.Fatalf("error %v, stderr %q, want a warning", err, stderr)
		}
		t.Setenv("ALIYUN_IOT_OTA_EXPORTER_LOG_LEVEL", "error")
		if _, stderr, err := command(t, warned, "--config.check"); err != nil || stderr != "" {
			t.Fatalf("error %v, stderr %q, want no warning", err, stderr)
		}
	})
	t.Run("a flag that is given goes first", func(t *testing.T) {
		t.Setenv("ALIYUN_IOT_OTA_EXPORTER_CONFIG_FILE", "missing.yml")
		if _, _, err := command(t, warned, "--config.check"); err != nil {
			t.Fatal(err)
		}
	})
	t.Run("help and version", func(t *testing.T) {
		// Images and unit files like to have such variables.
		t.Setenv("ALIYUN_IOT_OTA_EXPORTER_VERSION", "1.2.3")
		t.Setenv("ALIYUN_IOT_OTA_EXPORTER_HELP", "https://example.com")
		if stdout, _, err := command(t, warned, "--config.check"); err != nil || !strings.Contains(stdout, "The configuration is good") {
			t.Fatalf("error %v, stdout %q, want the check", err, stdout)
		}
	})
}

// What a shell or a supervisor sees of it.
func TestProcess(t *testing.T) {
	program := func(args ...string) (*exec.Cmd, *logLines) {
		cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
		cmd.Env = append(os.Environ(), asProgram+"=1")
		lines := &logLines{listening: make(chan string, 1)}
		cmd.Stderr = lines
		return cmd, lines
	}
	t.Run("an error", func(t *testing.T) {
		cmd, stderr := program("--nope")
		_ = cmd.Run() // its exit code is looked at
		if code := cmd.ProcessState.ExitCode(); code != 1 {
			t.Errorf("exit code %d, want 1", code)
		}
		if want := "aliyun_iot_ota_exporter: unknown long flag '--nope', see --help\n"; stderr.String() != want {
			t.Errorf("stderr %q, want %q", stderr, want)
		}
	})
	for _, signal := range []os.Signal{syscall.SIGTERM, syscall.SIGINT} {
		t.Run(signal.String(), func(t *testing.T) {
			cmd, stderr := program("--demo", "--web.listen-address=127.0.0.1:0")
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			ended := make(chan error, 1)
			go func() { ended <- cmd.Wait() }()
			select {
			case <-stderr.listening:
				if err := cmd.Process.Signal(signal); err != nil {
					t.Fatal(err)
				}
				if err := <-ended; err != nil {
					t.Errorf("%v, want exit code 0\n%s", err, stderr)
				}
			case err := <-ended:
				t.Errorf("ended before it listened: %v\n%s", err, stderr)
			}
		})
	}
}
