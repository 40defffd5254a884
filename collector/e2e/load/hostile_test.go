package load_test

import (
	"crypto/tls"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/exportertest"
)

var length = flag.Duration("hostile", 0, "how long TestHostile runs; 0 skips it")

const (
	healthyBatches = 40
	healthySlots   = 5
	hostileSlots   = 2
)

// jobPrefix is the prefix of the JobIds that are configured for peers.
const jobPrefix = "batch-of-"

// account is one entry of the configuration.
type account struct {
	*server
	number int
}

// yaml returns the entry. A suffix gives it another name with the same key.
func (a account) yaml(suffix string) string {
	credentials := fmt.Sprintf("access_key_id: LTAIhostile%d, access_key_secret: %s", a.number, a.secret())
	endpoint := a.url()
	if a.credentials != nil {
		credentials, endpoint = a.credentials(a.server), "http://127.0.0.1:9"
	}
	var jobs []string
	for i := range 4 {
		jobs = append(jobs, fmt.Sprintf("%s%d-%d", jobPrefix, a.number, i))
	}
	return fmt.Sprintf(`  - name: %q
    endpoint: %q
    region: cn-shanghai
    requests_per_second: %d
    device_counts: true
    credentials: {%s}
    instances: [{jobs: [%s], discover: {products: [a1Hostile01]}}]
`, a.name+suffix, endpoint, hostileSlots, credentials, strings.Join(jobs, ", "))
}

func (a account) secret() string { return fmt.Sprintf("secret-of-hostile-%d", a.number) }

// healthy starts the server of the account that nothing may disturb, and returns its entry.
func healthy(t *testing.T, trusted *authority) (sim *simulator.Simulator, yaml string) {
	t.Helper()
	sim = simulator.New()
	sim.AddAccount(gateway.Account{Name: "healthy", Keys: []gateway.Key{{ID: "LTAIhealthy", Secret: "secret-of-healthy"}}})
	sim.Record(true)
	ids := make([]string, healthyBatches)
	for i := range ids {
		ids[i] = fmt.Sprintf("healthy-%d", i)
		sim.AddBatch(fleet.Batch{Account: "healthy", JobID: ids[i], FirmwareID: "fw",
			Devices: fleet.Devices{Count: 10, Offline: 1}})
	}
	api := httptest.NewUnstartedServer(sim)
	api.EnableHTTP2 = true
	api.TLS = &tls.Config{Certificates: trusted.config(nil).Certificates}
	api.StartTLS()
	t.Cleanup(api.Close)
	return sim, fmt.Sprintf(`  - name: healthy
    endpoint: %s
    requests_per_second: %d
    device_counts: true
    credentials: {access_key_id: LTAIhealthy, access_key_secret: secret-of-healthy}
    instances: [{jobs: [%s]}]
`, api.URL, healthySlots, strings.Join(ids, ", "))
}

// TestHostile runs the program against all peers for a while. Meanwhile it is scraped,
// /jobs is read, and reloads remove, add and rename accounts.
func TestHostile(t *testing.T) {
	if *length == 0 {
		t.Skip("skipped without -hostile=60s")
	}
	trusted := newAuthority(t)
	sim, healthyYAML := healthy(t, trusted)
	names := serveNames(t)
	accounts := serveAll(t, trusted, names)
	t.Logf("%d peers", len(accounts))

	dir := t.TempDir()
	config, state, ca := filepath.Join(dir, "config.yml"), filepath.Join(dir, "state"), filepath.Join(dir, "ca.pem")
	exportertest.WriteFile(t, ca, string(trusted.PEM()))
	header := fmt.Sprintf("polling: {interval: 1s, device_interval: 10s, discovery_interval: 5s, timeout: %v}\naccounts:\n", timeout)
	// configure writes the file with all accounts, without every third one, or with other names.
	configure := func(turn int) {
		var b strings.Builder
		b.WriteString(header + healthyYAML)
		for i, a := range accounts {
			switch {
			case turn%4 == 1 && i%3 == 0:
			case turn%4 == 2:
				b.WriteString(a.yaml(renamed))
			default:
				b.WriteString(a.yaml(""))
			}
		}
		exportertest.WriteFile(t, config, b.String())
	}
	configure(0)
	run := func(args ...string) *exec.Cmd {
		cmd := command(t, names, append(args, "--config.file="+config)...)
		cmd.Env = append(cmd.Env, "SSL_CERT_FILE="+ca)
		return cmd
	}
	e := exportertest.StartProcess(t, run("--persistence.file="+state, "--persistence.interval=10s"))
	e.AwaitListening()

	seen := newWatch(accounts)
	var samples []exportertest.Footprint
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	reloads := 0
	seconds := int(length.Seconds())
	for second := 1; second <= seconds; second++ {
		<-ticker.C
		s, err := scrapeOf(e)
		if err != nil {
			t.Errorf("second %d: %v", second, err)
			continue
		}
		seen.take(s)
		samples = append(samples, exportertest.FootprintIn(s.text))
		if second > 20 { // every batch has been polled once
			checkAges(t, s)
		}
		if second%2 == 0 {
			if _, err := ask(e, http.MethodGet, "/jobs"); err != nil {
				t.Errorf("second %d: %v", second, err)
			}
		}
		if second%5 == 0 && second < seconds-15 { // the last file stays until the end
			reloads++
			configure(reloads)
			if _, err := ask(e, http.MethodPost, "/-/reload"); err != nil {
				t.Errorf("second %d: %v", second, err)
			}
		}
		if second == seconds-15 {
			configure(0)
			if _, err := ask(e, http.MethodPost, "/-/reload"); err != nil {
				t.Errorf("second %d: %v", second, err)
			}
		}
		if second == seconds/2 && names != nil {
			names.recovered.Store(true)
		}
	}
	took, err := stop(e)
	switch {
	case err != nil:
		t.Errorf("SIGTERM: %v", err)
	case took > 5*time.Second:
		t.Errorf("SIGTERM: the end took %v, want at most 5 s", took)
	}
	t.Logf("%v with %d reloads; the end after SIGTERM took %v", *length, reloads, took)

	if name := filepath.Join(os.TempDir(), "hostile.log"); t.Failed() && os.WriteFile(name, []byte(e.Log.String()), 0o600) == nil {
		t.Logf("the program's log is in %s", name)
	}

	seen.check(t)
	checkWindows(t, sim, accounts)
	checkGrowth(t, samples)
	checkState(t, state)
	checkLog(t, e.Log.String(), accounts)

	var some []account
	content := header + healthyYAML
	for _, a := range accounts {
		if (a.class != "" || a.listFails) && !a.late {
			some = append(some, a)
			content += a.yaml("")
		}
	}
	exportertest.WriteFile(t, config, content)
	checkLive(t, run("--config.check-live"), some)
}

// checkLive checks that --config.check-live ends and reports that each account fails.
func checkLive(t *testing.T, cmd *exec.Cmd, accounts []account) {
	t.Helper()
	began := time.Now()
	out, err := cmd.CombinedOutput()
	if code := cmd.ProcessState.ExitCode(); code != 1 {
		t.Errorf("--config.check-live: exit code %d, %v, want 1", code, err)
	}
	for _, a := range accounts {
		if !strings.Contains(string(out), fmt.Sprintf("account %q, ", a.name)) {
			t.Errorf("--config.check-live does not report that %q fails", a.name)
		}
	}
	t.Logf("--config.check-live of %d accounts took %v", len(accounts), time.Since(began))
	if t.Failed() {
		t.Logf("%s", out)
	}
}

// renamed is appended to the names of accounts that are renamed.
const renamed = ", renamed"

// serveAll starts all peers. Without a name server it omits those that need one.
func serveAll(t *testing.T, trusted *authority, names *nameServer) (accounts []account) {
	t.Helper()
	for _, p := range slices.Concat(connectionPeers(), protocolPeers(), contentPeers(), tlsPeers(t, trusted), placePeers()) {
		if p.endpoint != "" && names == nil {
			t.Logf("omitted: %s", p.name)
			continue
		}
		accounts = append(accounts, account{serve(t, p), len(accounts) + 1})
	}
	return accounts
}

// checkState checks that the last write of the state file is recent and complete.
func checkState(t *testing.T, path string) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Error(err)
		return
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Error(err)
		return
	}
	if age := time.Since(info.ModTime()); age > 10*time.Second {
		t.Errorf("the state file is %v old", age)
	}
	for i := range healthyBatches {
		if id := fmt.Sprintf(`"job_id":"healthy-%d"`, i); !strings.Contains(string(content), id) {
			t.Errorf("the state file does not have %s", id)
		}
	}
}

// checkLog checks that the log has no secrets, no long lines, and no lines but those of the
// logger, such as reports of the race detector or of a panic.
func checkLog(t *testing.T, log string, accounts []account) {
	t.Helper()
	t.Logf("%d lines of log, %d kB", strings.Count(log, "\n"), len(log)>>10)
	for _, a := range accounts {
		if strings.Contains(log, a.secret()) {
			t.Errorf("the log has the secret of %q", a.name)
		}
	}
	for line := range strings.Lines(log) {
		switch {
		case strings.Contains(line, "Signature="):
			t.Errorf("the log has a signature: %s", line)
		case !strings.HasPrefix(line, "ts="):
			t.Errorf("a line is not from the logger: %s", line)
		case len(line) > 8<<10:
			t.Errorf("a line has %d bytes: %.200s", len(line), line)
		}
	}
}
