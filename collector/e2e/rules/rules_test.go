// Package rules_test measures what the alerts and recording rules cost a real Prometheus.
package rules_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
)

var measure = flag.Bool("rules", false, "measure the rules with the prometheus in PATH, which takes two minutes")

const (
	batches = 10_000
	live    = 1_000

	timesCount  = 10.0 // all rules together, in times of count(aliyun_iot_ota_job_status)
	timesSeries = 1.15 // series in the head, in times of those scraped
)

// fleet has live batches, and others that ended within polling.max_age, with device counts.
func fleet(t *testing.T) *store.Store {
	filled, now := harness.FilledStore(t, batches), time.Now()
	for i := range batches {
		harness.ChangeState(t, filled, harness.FillJobID(i), func(s *store.State) {
			job := *s.Job
			job.SelectionType, job.UtcScheduleTime, job.UtcScheduleFinishTime, job.UtcEndTime = new("STATIC"), nil, nil, nil
			counts := map[string]int{"QUEUED": 0, "NOTIFIED": 0, "IN_PROGRESS": 0, "SUCCEEDED": 100 + i%500, "FAILED": i % 5, "CANCELED": 0}
			asOf := now
			switch {
			case i < live*9/10:
				job.JobStatus, job.UtcStartTime = new("IN_PROGRESS"), new(now.Add(-time.Hour/2))
				counts["QUEUED"], counts["NOTIFIED"], counts["IN_PROGRESS"] = 50, 5, 5
			case i < live:
				job.JobStatus, job.UtcStartTime, job.UtcScheduleTime = new("PLANNED"), nil, new(now.Add(24*time.Hour))
			default:
				asOf = now.Add(-7 * 24 * time.Hour * time.Duration(i) / batches)
				job.JobStatus, job.UtcEndTime, job.UtcStartTime = new([]string{"COMPLETED", "CANCELED"}[i%2]), &asOf, new(asOf.Add(-time.Hour))
			}
			job.UtcModified = job.UtcStartTime
			s.Job, s.AsOf, s.Asked = &job, now, now
			s.Devices = &store.DeviceCounts{ByStatus: counts, Total: 100, AsOf: asOf}
		})
	}
	return filled
}

// The rules stay cheap beside the series that they read.
func TestRules(t *testing.T) {
	if !*measure {
		t.Skip("it measures: make bench-rules")
	}
	exporter := httptest.NewServer(harness.NewHandler(t, fleet(t)))
	defer exporter.Close()
	rules, err := filepath.Abs("../../../deploy/prometheus/*.rules.yml")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	config := fmt.Sprintf("global: {scrape_interval: 15s, scrape_timeout: 15s, evaluation_interval: 15s}\nrule_files: [%q]\nscrape_configs:\n- job_name: ota\n  static_configs: [{targets: [%q]}]\n",
		rules, exporter.Listener.Addr())
	if err := os.WriteFile(filepath.Join(dir, "prometheus.yml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	cmd := exec.CommandContext(t.Context(), "prometheus", "--config.file="+filepath.Join(dir, "prometheus.yml"),
		"--storage.tsdb.path="+filepath.Join(dir, "data"), "--web.listen-address="+address)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { cmd.Process.Kill(); cmd.Wait() }()

	// get reads one of Prometheus's answers, and gives the time that it took.
	get := func(path string, into any) (time.Duration, error) {
		began := time.Now()
		answer, err := http.Get("http://" + address + path)
		if err != nil {
			return 0, err
		}
		defer answer.Body.Close()
		err = json.NewDecoder(answer.Body).Decode(into)
		return time.Since(began), err
	}
	type groups struct {
		Data struct {
			Groups []struct {
				Rules []struct {
					Name, LastError string
					EvaluationTime  float64
				}
			}
		}
	}
	best := map[string]time.Duration{} // the shortest evaluation of each rule
	var count []time.Duration
	time.Sleep(40 * time.Second) // two scrapes
	for range 16 {
		time.Sleep(5 * time.Second)
		var ignored any
		took, err := get("/api/v1/query?query="+url.QueryEscape("count(aliyun_iot_ota_job_status)"), &ignored)
		if err != nil {
			t.Fatal(err)
		}
		count = append(count, took)
		var g groups
		if _, err := get("/api/v1/rules", &g); err != nil {
			t.Fatal(err)
		}
		for i, group := range g.Data.Groups {
			for j, r := range group.Rules {
				if r.LastError != "" {
					t.Fatalf("%s: %s", r.Name, r.LastError)
				}
				key := fmt.Sprint(i, " ", j, " ", r.Name)
				if took := time.Duration(r.EvaluationTime * float64(time.Second)); took > 0 && (best[key] == 0 || took < best[key]) {
					best[key] = took
				}
			}
		}
	}
	var all time.Duration
	for _, took := range best {
		all += took
	}
	unit := slices.Min(count)
	var head struct {
		Data struct{ HeadStats struct{ NumSeries float64 } }
	}
	if _, err := get("/api/v1/status/tsdb", &head); err != nil {
		t.Fatal(err)
	}
	var scraped struct {
		Data struct {
			Result []struct{ Value [2]any }
		}
	}
	if _, err := get("/api/v1/query?query=sum(scrape_samples_scraped)", &scraped); err != nil || len(scraped.Data.Result) == 0 {
		t.Fatalf("nothing was scraped: %v", err)
	}
	var series float64
	if _, err := fmt.Sscan(scraped.Data.Result[0].Value[1].(string), &series); err != nil {
		t.Fatal(err)
	}
	fmt.Printf("%d batches, %d live, %.0f series scraped\n", batches, live, series)
	fmt.Printf("count(aliyun_iot_ota_job_status) %v, all %d rules %v: %.2f × (at most %v)\n", unit, len(best), all, all.Seconds()/unit.Seconds(), timesCount)
	for _, name := range slices.Sorted(maps.Keys(best)) {
		fmt.Printf("  %6.2f × %s\n", best[name].Seconds()/unit.Seconds(), name)
	}
	fmt.Printf("series in the head %.0f: %.3f × (at most %v)\n", head.Data.HeadStats.NumSeries, head.Data.HeadStats.NumSeries/series, timesSeries)
	if all.Seconds() > timesCount*unit.Seconds() || head.Data.HeadStats.NumSeries > timesSeries*series {
		t.Error("the rules cost too much")
	}
}
