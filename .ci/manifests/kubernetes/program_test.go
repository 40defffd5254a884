package kubernetes_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// program builds the exporter, which the image contains.
func program(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "exporter")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", binary, ".")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return binary
}

// The program itself accepts every pod's flags and configuration, and runs in some pods.
func TestProgram(t *testing.T) {
	binary, pods := program(t), pods(t)
	t.Run("accepts the flags and the configuration of", func(t *testing.T) {
		for name, pod := range pods {
			t.Run(name, func(t *testing.T) {
				check := exec.CommandContext(t.Context(), binary, append(boot(t, pod).args, "--config.check")...)
				out, err := check.CombinedOutput()
				if err != nil || !strings.Contains(string(out), "The configuration is valid") {
					t.Errorf("%v: %v\n%s", check.Args, err, out)
				}
			})
		}
	})
	t.Run("checks in helm test", func(t *testing.T) {
		for name, pod := range pods {
			if len(of[*corev1.Pod](pod.objects)) == 0 {
				continue
			}
			t.Run(name, func(t *testing.T) {
				pod.test = true
				run := exec.CommandContext(t.Context(), binary, boot(t, pod).args...)
				run.Env = alone()
				out, err := run.CombinedOutput()
				if err == nil || !strings.Contains(string(out), "\nChecking the IDs of the configuration: 1.\n") || !strings.Contains(string(out), "--config.check-live: problems found") {
					t.Errorf("%v: %v\n%s", run.Args, err, out)
				}
			})
		}
	})
	t.Run("runs in", func(t *testing.T) {
		for name, status := range map[string]int{
			"kustomize, demo":                 200,
			"kustomize, access-key":           200,
			"helm, three shards":              200,
			"helm, everything from elsewhere": 401, // because it asks for a password, which probes do not need
		} {
			t.Run(name, func(t *testing.T) { runs(t, binary, boot(t, pods[name]), status) })
		}
	})
}

// The pods of a StatefulSet watch each account of the configuration once.
func TestShardsWatchEveryAccount(t *testing.T) {
	const shards = 3
	var accounts []string
	text := "config:\n  accounts:\n"
	for i := range 10 {
		accounts = append(accounts, fmt.Sprint("account-", i))
		text += "    - {name: " + accounts[i] + ", region: cn-shanghai, requests_per_second: 1, instances: [{jobs: [job1]}]}\n"
	}
	binary := program(t)
	all := rendered(t, parseValues(t, fmt.Sprint(text, "shards: ", shards)))
	var watched []string
	for number := range shards {
		m := boot(t, aPod{objects: all, number: number})
		out, err := exec.CommandContext(t.Context(), binary, append(m.args, "--config.check")...).CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		for _, found := range regexp.MustCompile(`(?m)^(account-\d) +\d, this one`).FindAllStringSubmatch(string(out), -1) {
			watched = append(watched, found[1])
		}
	}
	slices.Sort(watched)
	if !slices.Equal(watched, accounts) {
		t.Errorf("watched are %v", watched)
	}
	// A pod that is not told its number must not take the accounts of shard 0.
	args := slices.Clone(boot(t, aPod{objects: all, number: -1}).args)
	out, err := exec.CommandContext(t.Context(), binary, append(args, "--config.check")...).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "--shard=") {
		t.Errorf("without a number: %v\n%s", err, out)
	}
}

// runs demands that the program answers a probe and requests, ends when it gets SIGTERM,
// and has written its state by then, and nothing else.
func runs(t *testing.T, binary string, m machine, status int) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	run := exec.CommandContext(ctx, binary, append(m.args, "--web.listen-address=127.0.0.1:0")...)
	run.Dir = t.TempDir()
	run.Env = alone()
	stderr, err := run.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	address := listening(t, stderr)

	probe, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatalf("a probe: %v", err)
	}
	probe.Close()
	for _, path := range []string{"/metrics", "/-/healthy"} {
		if got := statusOf(t, "http://"+address+path); got != status {
			t.Errorf("%s: %d, want %d", path, got, status)
		}
	}
	if err := run.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	io.Copy(io.Discard, stderr) // Wait must not come before the end of the log
	if err := run.Wait(); err != nil {
		t.Errorf("the end: %v", err)
	}
	if left := entries(t, run.Dir); len(left) > 0 {
		t.Errorf("it wrote %v into its working directory", left)
	}
	if m.state != "" && !slices.Equal(entries(t, m.state), []string{"state", "state.lock"}) {
		t.Errorf("the folder of the state has %v", entries(t, m.state))
	}
}

// alone is an environment in which no call leaves this machine: the proxy does not exist,
// and with keys in the environment the standard chain does not look for others in the
// network.
func alone() []string {
	return append(os.Environ(), "HTTPS_PROXY=http://127.0.0.1:9", "HTTP_PROXY=http://127.0.0.1:9", "NO_PROXY=127.0.0.1",
		"ALIBABA_CLOUD_ACCESS_KEY_ID=made-up", "ALIBABA_CLOUD_ACCESS_KEY_SECRET=made-up")
}

// listening reads the log until it says where the program listens.
func listening(t *testing.T, log io.Reader) (address string) {
	t.Helper()
	var all strings.Builder
	pattern := regexp.MustCompile(`msg="Listening on" address=(\S+)`)
	for lines := bufio.NewScanner(log); lines.Scan(); {
		all.WriteString(lines.Text() + "\n")
		if found := pattern.FindStringSubmatch(lines.Text()); found != nil {
			return found[1]
		}
	}
	t.Fatalf("it ended before it listened:\n%s", all.String())
	return ""
}

func statusOf(t *testing.T, url string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	return response.StatusCode
}

func entries(t *testing.T, dir string) (names []string) {
	t.Helper()
	found, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range found {
		names = append(names, entry.Name())
	}
	return names
}
