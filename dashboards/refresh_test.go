package dashboards_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/repository"
)

// What a refresh of OTA fleet may cost at 10,000 batches.
const (
	mostTime    = 40         // of the processor, as a multiple of that of count(aliyun_iot_ota_job_status)
	mostSamples = 50_000_000 // of a panel over 24 h: the default of Prometheus's query.max-samples
)

// BenchmarkRefresh measures every query of OTA fleet in front of 10,000 batches, 1,000 of them
// live, in a real Prometheus: the processor time at the dashboard's own range of 6 h, and the
// samples over 24 h. The batches are scraped once and hold for the time after that, so that the
// steps of a range need no history. Reading history from disk is not measured.
func BenchmarkRefresh(b *testing.B) {
	binary := repository.Tool(b, "prometheus")
	server := httptest.NewServer(http.HandlerFunc(manyBatches))
	b.Cleanup(server.Close)
	p := startStill(b, binary, server.Listener.Addr().String())

	unit := p.cost(b, 20, "count(aliyun_iot_ota_job_status)", 0, 0).cpu
	fleet := load(b)["ota-fleet.json"]
	var total time.Duration
	var worst int // samples of a panel
	var lines strings.Builder
	for b.Loop() {
		total = 0
		lines.Reset()
		for _, panel := range fleet.Panels {
			var refresh, day cost
			for _, q := range panel.Targets {
				expr := fleet.substitute(q.Expr, "")
				if !q.Range {
					now := p.cost(b, 5, expr, 0, 0)
					refresh.cpu += now.cpu
					day.samples += now.samples
					continue
				}
				steps := func(span time.Duration) (time.Duration, time.Duration) {
					return span, (span / time.Duration(panel.MaxDataPoints)).Truncate(time.Minute)
				}
				of6h, step := steps(6 * time.Hour)
				refresh.cpu += p.cost(b, 3, expr, of6h, step).cpu
				of24h, step := steps(24 * time.Hour)
				day.samples += p.cost(b, 1, expr, of24h, step).samples
			}
			if day.samples > mostSamples {
				b.Errorf("%s reads %d samples over 24 h, want at most %d", panel.Title, day.samples, mostSamples)
			}
			worst = max(worst, day.samples)
			fmt.Fprintf(&lines, "\n%5.1f × count, %8d samples over 24 h: %s", float64(refresh.cpu)/float64(unit), day.samples, panel.Title)
			total += refresh.cpu
		}
	}
	ratio := float64(total) / float64(unit)
	fmt.Printf("count(aliyun_iot_ota_job_status) takes %v%s\n", unit, lines.String()) // a log of more than ten lines is cut
	if ratio > mostTime {
		b.Errorf("a refresh takes %.1f × the time of count(aliyun_iot_ota_job_status), want at most %d ×", ratio, mostTime)
	}
	b.ReportMetric(ratio, "×count/refresh")
	b.ReportMetric(float64(worst), "samples/panel")
}

// manyBatches serves the metrics of 10,000 batches of 100 products: nine of ten have ended
// within a week, and the others are planned or in progress.
func manyBatches(w http.ResponseWriter, _ *http.Request) {
	const all, live = 10_000, 1_000
	now := float64(time.Now().Unix())
	for i := range all {
		id := fmt.Sprintf(`account="production",job_id="wahVIzGkCMuAUE2gDE%08d"`, i)
		metric := func(name, labels string, value float64) {
			fmt.Fprintf(w, "aliyun_iot_ota_job_%s{%s%s} %s\n", name, id, labels, strconv.FormatFloat(value, 'f', -1, 64))
		}
		status, end := "COMPLETED", now-float64(i)*60
		switch {
		case i < live/10:
			status = "PLANNED"
		case i < live:
			status = "IN_PROGRESS"
		case i%10 == 0:
			status = "CANCELED"
		}
		metric("info", fmt.Sprintf(`,region="cn-shanghai",name="cold-chain-%d",description="冷链传感器 全量升级 %d",firmware_id="Ufuxnwygsuffc6LQ%010d",`+
			`product_key="a19mzPZ%04d",dest_version="2.%d.0",job_type="UPGRADE_FIRMWARE",selection_type="STATIC"`, i/10, i, i/10, i%100, i/100), 1)
		for _, s := range []string{"PLANNED", "IN_PROGRESS", "COMPLETED", "CANCELED"} {
			metric("status", `,status="`+s+`"`, boolean(s == status))
		}
		metric("tag_info", `,key="owner",value="x"`, 1)
		metric("created_timestamp_seconds", "", end-8000)
		metric("modified_timestamp_seconds", "", end)
		if status != "PLANNED" {
			metric("start_timestamp_seconds", "", end-7200)
			metric("deadline_timestamp_seconds", `,basis="settings"`, end+7200)
		}
		if i >= live {
			metric("end_timestamp_seconds", "", end)
		}
		for _, setting := range []string{"retry_limit", "retry_interval_seconds", "device_timeout_seconds", "push_limit_devices_per_minute"} {
			metric(setting, "", 600)
		}
		for s, n := range map[string]float64{"QUEUED": 50 * boolean(i < live), "NOTIFIED": 10 * boolean(i < live), "SUCCEEDED": 100 + float64(i), "FAILED": 2, "CANCELED": 0} {
			metric("devices", `,task_status="`+s+`"`, n)
		}
		asOf := now
		if i >= live {
			asOf = end + 30
		}
		for _, when := range []string{"last_success", "devices_last_success", "devices_last_finished"} {
			metric(when+"_timestamp_seconds", "", asOf)
		}
		metric("poll_success", "", 1)
	}
	fmt.Fprint(w, "aliyun_iot_ota_exporter_build_info 1\naliyun_iot_ota_exporter_jobs{account=\"production\",origin=\"discovered\"} 10000\n"+
		"aliyun_iot_ota_exporter_expected_poll_age_seconds{account=\"production\"} 15\n")
}

func boolean(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

// startStill starts a Prometheus that scrapes and evaluates the rules until it has a pace of
// every live batch, and then only answers queries. It has one thread, so that the time of a
// query is the work that it costs.
func startStill(b *testing.B, binary, target string) prometheus {
	b.Helper()
	b.Setenv("GOMAXPROCS", "1")
	dir := b.TempDir()
	configure := func(interval string) {
		config := fmt.Sprintf(`{"global": {"scrape_interval": %[1]q, "scrape_timeout": "10s", "evaluation_interval": %[1]q}, "rule_files": [%[2]q],
			"scrape_configs": [{"job_name": "one", "static_configs": [{"targets": [%[3]q]}]}]}`, interval, repository.Path(b, "deploy/prometheus/*.rules.yml"), target)
		if err := os.WriteFile(filepath.Join(dir, "prometheus.yml"), []byte(config), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	configure("10s")
	p := prometheus{"http://" + serve(b, binary, "--config.file="+filepath.Join(dir, "prometheus.yml"), "--storage.tsdb.path="+filepath.Join(dir, "data"),
		"--web.enable-lifecycle", "--query.lookback-delta=30h", "--query.max-samples=200000000")}
	p.ready(b)
	ctx, cancel := context.WithTimeout(b.Context(), 5*time.Minute)
	defer cancel()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		paces, err := p.query(ctx, "count(account_job_id:aliyun_iot_ota_job_devices_finished:per_minute15m) >= 900")
		if err != nil {
			b.Fatal(err)
		}
		if len(paces) > 0 {
			break
		}
		<-tick.C
	}
	configure("20h")
	response, err := http.Post(p.url+"/-/reload", "", nil)
	if err != nil || response.StatusCode != http.StatusOK {
		b.Fatalf("reload of Prometheus: %v, %v", response, err)
	}
	response.Body.Close()
	return p
}

// cost is what a query costs Prometheus.
type cost struct {
	cpu     time.Duration
	samples int
}

// cost asks a query some times, for the moment, or for each step of a span that begins now.
// It is the mean of them.
func (p prometheus) cost(b *testing.B, times int, expr string, span, step time.Duration) (c cost) {
	b.Helper()
	path, form := "/api/v1/query", url.Values{"query": {expr}, "stats": {"all"}}
	if span > 0 {
		now := time.Now()
		path, form["start"], form["end"] = "/api/v1/query_range", []string{unix(now)}, []string{unix(now.Add(span))}
		form["step"] = []string{strconv.FormatFloat(step.Seconds(), 'f', -1, 64)}
	}
	before := p.cpu(b)
	for range times {
		response, err := http.Post(p.url+path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
		if err != nil {
			b.Fatal(err)
		}
		var answer struct {
			Error string
			Data  struct {
				Stats struct {
					Samples struct{ TotalQueryableSamples int }
				}
			}
		}
		err = json.NewDecoder(response.Body).Decode(&answer)
		response.Body.Close()
		if err != nil || answer.Error != "" {
			b.Fatalf("%v, %s in %s", err, answer.Error, expr)
		}
		c.samples = answer.Data.Stats.Samples.TotalQueryableSamples
	}
	c.cpu = (p.cpu(b) - before) / time.Duration(times)
	return c
}

// cpu is the processor time that Prometheus has used, as it says itself.
func (p prometheus) cpu(b *testing.B) time.Duration {
	b.Helper()
	response, err := http.Get(p.url + "/metrics")
	if err != nil {
		b.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		b.Fatal(err)
	}
	found := regexp.MustCompile(`(?m)^process_cpu_seconds_total (\S+)$`).FindSubmatch(text)
	if found == nil {
		b.Fatal("Prometheus does not say how much processor time it has used")
	}
	seconds, err := strconv.ParseFloat(string(found[1]), 64)
	if err != nil {
		b.Fatal(err)
	}
	return time.Duration(seconds * float64(time.Second))
}

func unix(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }
