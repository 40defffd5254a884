package deploy_test

import (
	"bytes"
	"flag"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/config"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/repository"
)

// A release is linked without C libraries, and makes other system calls.
var released = flag.String("program", "", "absolute path of the program that TestServiceRuns starts; default: it is built")

// The exporter runs with the service's own commands and the configuration that
// systemd/README.md shows: on a socket that it is given, until its state file is
// written, and without anything that the service's sandbox would refuse.
func TestServiceRuns(t *testing.T) {
	service := parseUnit(read(t, "systemd/"+serviceUnit))
	sim := simulator.New()
	api := httptest.NewServer(sim)
	defer api.Close()

	program := *released
	if program == "" {
		program = repository.Program(t)
	}
	// All folders of the service become dir.
	dir := t.TempDir()
	moved := strings.NewReplacer(programPath, program,
		"/etc/"+service["ConfigurationDirectory"][0], dir,
		"/var/lib/"+service["StateDirectory"][0], dir,
		credentialsPath, dir+"/")
	command := func(key string) []string {
		return strings.Fields(moved.Replace(strings.Join(service.command(t, key), " ")))
	}
	text := moved.Replace(strings.ReplaceAll(configOfReadme(t), "\n    region:", "\n    endpoint: "+api.URL+"\n    region:"))
	write(t, filepath.Join(dir, "aliyun_iot_ota_exporter.yml"), text)
	write(t, filepath.Join(dir, service.credentialIDs()[0]), "secret\n")
	c, err := config.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	account := c.Accounts[0]
	batch := fleet.Batch{Account: account.Name, InstanceID: account.Instances[0].ID, JobID: account.Instances[0].Jobs[0]}
	sim.AddAccount(gateway.Account{Name: account.Name, Keys: []gateway.Key{{ID: account.Credentials.AccessKeyID, Secret: "secret"}}})
	sim.AddBatch(batch)

	check := command("ExecStartPre")
	run(t, check[0], check[1:]...)

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	passed, err := listener.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	listener.Close() // passed keeps the socket open
	start := command("ExecStart")
	if strace, err := exec.LookPath("strace"); err == nil {
		// With -D strace is a child of the exporter, which so keeps its process id.
		start = slices.Insert(start, 0, strace, "-D", "-f", "-qq", "-o", dir+"/trace")
	}
	// systemd would set the process id that the socket is for. The shell knows it.
	start = slices.Insert(start, 0, "-c", `export LISTEN_FDS=1 LISTEN_PID=$$; exec "$@"`, "sh")
	cmd := exec.CommandContext(t.Context(), "sh", start...)
	var log bytes.Buffer
	cmd.Stderr, cmd.Env, cmd.ExtraFiles = &log, []string{"PATH=" + os.Getenv("PATH")}, []*os.File{passed}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	passed.Close()

	// The configuration works when its batch has been polled.
	polled := `aliyun_iot_ota_job_poll_success{account="` + account.Name + `",job_id="` + batch.JobID + `"} 1`
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for deadline := time.Now().Add(30 * time.Second); ; <-ticker.C {
		metrics, err := getFrom(t, "http://"+listener.Addr().String()+"/metrics")
		if strings.Contains(metrics, polled) {
			break
		}
		if err != nil || time.Now().After(deadline) {
			cmd.Process.Kill()
			cmd.Wait() // nothing writes to log from here on
			t.Fatalf("no %s: error %v, metrics:\n%s\nlog:\n%s", polled, err, metrics, &log)
		}
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil { // also waits for strace, which has stderr open
		t.Fatalf("the end: %v\n%s", err, &log)
	}
	_, name, _ := strings.Cut(strings.Join(command("ExecStart"), " "), "--persistence.file=")
	name = strings.Fields(name)[0]
	if state := read(t, name); !strings.Contains(state, batch.JobID) {
		t.Errorf("%s has no %s:\n%s", name, batch.JobID, state)
	}
	t.Run("with what the service may do", func(t *testing.T) {
		repository.Tool(t, "strace")
		service.mayDo(t, repository.Tool(t, "systemd-analyze"), read(t, dir+"/trace"))
	})
}

// mayDo finds what strace saw the exporter do and the sandbox would refuse.
func (u systemdUnit) mayDo(t *testing.T, analyze, trace string) {
	// As systemd does: each line adds its sets, or with a ~ takes them away.
	var allowed []string
	for _, filter := range u["SystemCallFilter"] {
		words, deny := strings.CutPrefix(filter, "~")
		for set := range strings.FieldsSeq(words) {
			calls := systemCalls(t, analyze, set)
			if !deny {
				allowed = append(allowed, calls...)
				continue
			}
			allowed = slices.DeleteFunc(allowed, func(call string) bool { return slices.Contains(calls, call) })
		}
	}
	made := make(map[string]bool) // system calls, by name
	for _, found := range regexp.MustCompile(`(?m)^\d+ +(\w+)\(`).FindAllStringSubmatch(trace, -1) {
		made[found[1]] = true
	}
	if !made["execve"] || !made["accept4"] || !made["connect"] || !made["exit_group"] {
		t.Errorf("strace did not see it all: %v", made)
	}
	for call := range made {
		if !slices.Contains(allowed, call) {
			t.Errorf("SystemCallFilter= refuses %s, which is made", call)
		}
	}
	for _, found := range regexp.MustCompile(`\bsocket\((AF_\w+)`).FindAllStringSubmatch(trace, -1) {
		if !slices.Contains(strings.Fields(u["RestrictAddressFamilies"][0]), found[1]) {
			t.Errorf("RestrictAddressFamilies= refuses %s, which is asked for", found[1])
		}
	}
	if found := regexp.MustCompile(`(?m)^.*(mprotect\(.*PROT_EXEC|mmap\(.*PROT_WRITE\|PROT_EXEC).*$`).FindString(trace); found != "" {
		t.Errorf("MemoryDenyWriteExecute= refuses %s", found)
	}
}

// systemCalls are those in one of systemd's named sets, and in the sets in it.
func systemCalls(t *testing.T, analyze, set string) (calls []string) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), analyze, "--no-pager", "syscall-filter", set).Output()
	if err != nil {
		t.Fatalf("%s: %v", set, err)
	}
	for line := range strings.Lines(string(out)) {
		switch name := strings.TrimSpace(line); {
		case name == set, name == "", name[0] == '#':
		case name[0] == '@':
			calls = append(calls, systemCalls(t, analyze, name)...)
		default:
			calls = append(calls, name)
		}
	}
	return calls
}

// getFrom keeps no connection open, because that would delay the exporter's end.
func getFrom(t *testing.T, url string) (string, error) {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		return "", err
	}
	response, err := client.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return string(body), err
}
