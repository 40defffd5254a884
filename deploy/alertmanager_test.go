package deploy_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/repository"
)

// notification is what the Alertmanager's webhook receiver gets.
type notification struct {
	Receiver string
	Alerts   []struct{ Labels map[string]string }
}

// alertmanager starts a real Alertmanager with a file of the folder alertmanager, changed by what
// the replacer does to it, and returns its address and its log. It waits seconds before it sends,
// not minutes.
func alertmanager(t *testing.T, file string, change *strings.Replacer) (address string, log *bytes.Buffer) {
	t.Helper()
	program := repository.Tool(t, "prometheus-alertmanager")
	if _, err := os.Stat("/usr/share/prometheus/alertmanager/default.tmpl"); err != nil {
		t.Skip("skipped without the templates of Debian's Alertmanager, which .ci/run installs")
	}
	config := strings.NewReplacer("group_wait: 30s", "group_wait: 2s", "group_wait: 10s", "group_wait: 1s", "group_wait: 5m", "group_wait: 2s").
		Replace(change.Replace(read(t, "alertmanager/"+file)))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address = l.Addr().String()
	l.Close()
	dir := t.TempDir()
	log = new(bytes.Buffer)
	cmd := exec.CommandContext(t.Context(), program, "--config.file="+write(t, filepath.Join(dir, "alertmanager.yml"), config),
		"--storage.path="+dir, "--web.listen-address="+address, "--cluster.listen-address=")
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	return address, log
}

// post sends alerts as Prometheus does, as soon as the Alertmanager takes them.
func post(t *testing.T, address string, log *bytes.Buffer, alerts any) {
	t.Helper()
	body, err := json.Marshal(alerts)
	if err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		answer, err := http.Post("http://"+address+"/api/v2/alerts", "application/json", bytes.NewReader(body))
		if err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return
			}
		}
		if time.Now().After(deadline) {
			t.Fatalf("the Alertmanager takes no alerts: %v\n%s", err, log.String())
		}
	}
}

// alert is what Prometheus sends.
type alert struct {
	Labels map[string]string `json:"labels"`
}

// notified returns what a real Alertmanager with alertmanager.yml sends for alerts: for each
// notification, its receiver, the names of its alerts and their accounts. It waits for the
// expected number of notifications, and a few seconds for others.
func notified(t *testing.T, alerts []alert, expected int) (all []string) {
	t.Helper()
	got := make(chan notification, 2000)
	webhook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var n notification
		if err := json.NewDecoder(r.Body).Decode(&n); err != nil {
			t.Error(err)
		}
		got <- n
	}))
	defer webhook.Close()
	address, log := alertmanager(t, "alertmanager.yml", strings.NewReplacer("http://localhost:8080", webhook.URL))
	post(t, address, log, alerts)
	for quiet := time.After(20 * time.Second); ; {
		select {
		case n := <-got:
			text := n.Receiver
			for _, a := range n.Alerts {
				text += " " + a.Labels["alertname"] + " " + a.Labels["account"]
			}
			if all = append(all, text); len(all) == expected {
				quiet = time.After(4 * time.Second) // what should not come would be due by then, too
			}
		case <-quiet:
			slices.Sort(all)
			return all
		}
	}
}

// An outage of an account with a thousand batches is one notification: a real
// Alertmanager groups and inhibits as alertmanager.yml says.
func TestOutageIsOneNotification(t *testing.T) {
	batch := func(name, severity string, i int) alert {
		return alert{map[string]string{"alertname": name, "severity": severity, "account": "production", "job_id": fmt.Sprint("job-", i)}}
	}
	// The account's alert begins five minutes before those of its batches; here it comes with them.
	alerts := []alert{
		{map[string]string{"alertname": "OTAAccountFailing", "severity": "critical", "account": "production"}},
		{map[string]string{"alertname": "OTAAccountFailing", "severity": "warning", "account": "production"}},
		{map[string]string{"alertname": "OTADiscoveryFailing", "severity": "warning", "account": "production"}},
		{map[string]string{"alertname": "OTAPollStale", "severity": "warning", "account": "partner", "job_id": "job-x"}},
	}
	for i := range 1000 {
		alerts = append(alerts, batch("OTAPollStale", "warning", i), batch("OTADeviceCountsStale", "warning", i))
	}
	want := []string{"on-call OTAAccountFailing production", "working-day OTAPollStale partner"}
	if got := notified(t, alerts, len(want)); !slices.Equal(got, want) {
		t.Errorf("notifications %v, want %v", got, want)
	}
}

// A shard that is missing is one notification that names all its accounts. What was known of
// them is not sent.
func TestMissingShardIsOneNotification(t *testing.T) {
	var alerts []alert
	want := "on-call"
	for i := range 30 {
		account := fmt.Sprintf("account-%02d", i)
		alerts = append(alerts, alert{map[string]string{"alertname": "OTAExporterDown", "severity": "critical", "account": account}},
			alert{map[string]string{"alertname": "OTAJobStuck", "severity": "warning", "account": account, "job_id": "job-1"}})
		want += " OTAExporterDown " + account
	}
	if got := notified(t, alerts, 1); !slices.Equal(got, []string{want}) {
		t.Errorf("notifications %v, want %v", got, want)
	}
}
