// Package rules_test evaluates the rules with Prometheus's own engine and rule manager, in
// situations that promtool cannot set up, and reads them with the parser of vmalert.
package rules_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/VictoriaMetrics/metricsql"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/rules"
	"github.com/prometheus/prometheus/util/teststorage"
	"gopkg.in/yaml.v3"
)

// files are in the order in which they build on each other.
var files = []string{"recording.rules.yml", "alerts.rules.yml"}

func path(file string) string { return filepath.Join("../../deploy/prometheus", file) }

// server is Prometheus without its scrapes: the test appends the samples.
type server struct {
	t       *testing.T
	storage *teststorage.TestStorage
	engine  *promql.Engine
	groups  []*rules.Group
}

func newServer(t *testing.T) *server {
	s := &server{t: t, storage: teststorage.New(t)}
	t.Cleanup(func() { s.storage.Close() })
	engine := promql.NewEngine(promql.EngineOpts{EnableAtModifier: true, EnableNegativeOffset: true, MaxSamples: 50_000_000, Timeout: time.Minute, LookbackDelta: 5 * time.Minute})
	t.Cleanup(func() { engine.Close() })
	s.engine = engine
	manager := rules.NewManager(&rules.ManagerOptions{
		QueryFunc: rules.EngineQueryFunc(engine, s.storage), Appendable: s.storage, Queryable: s.storage, Context: t.Context(),
		Logger: slog.New(slog.NewTextHandler(io.Discard, nil)), NotifyFunc: func(context.Context, string, ...*rules.Alert) {},
		ExternalURL: &url.URL{},
	})
	for _, file := range files {
		loaded, errs := manager.LoadGroups(time.Minute, labels.EmptyLabels(), "", nil, false, path(file))
		if errs != nil {
			t.Fatal(errs)
		}
		for _, key := range slices.Sorted(maps.Keys(loaded)) {
			s.groups = append(s.groups, loaded[key])
		}
	}
	// Both files have names that do not sort in the order of their groups.
	order := []string{"aliyun_iot_ota_known", "aliyun_iot_ota_progress", "aliyun_iot_ota_batches", "aliyun_iot_ota_exporter"}
	slices.SortFunc(s.groups, func(a, b *rules.Group) int { return slices.Index(order, a.Name()) - slices.Index(order, b.Name()) })
	return s
}

// scrape appends a sample of each series.
func (s *server) scrape(at time.Time, series map[string]float64) {
	s.t.Helper()
	app := s.storage.Appender(s.t.Context())
	for text, value := range series {
		l, err := parser.ParseMetric(text)
		if err != nil {
			s.t.Fatal(err)
		}
		if _, err := app.Append(0, l, at.UnixMilli(), value); err != nil {
			s.t.Fatal(err)
		}
	}
	if err := app.Commit(); err != nil {
		s.t.Fatal(err)
	}
}

// evaluate runs all groups, and fails the test if a rule does.
func (s *server) evaluate(at time.Time) {
	s.t.Helper()
	for _, g := range s.groups {
		g.Eval(s.t.Context(), at)
		for _, r := range g.Rules() {
			if err := r.LastError(); err != nil {
				s.t.Errorf("%s: %v", r.Name(), err)
			}
		}
	}
}

// firing are the alerts that fire, by name and labels.
func (s *server) firing() (all []string) {
	for _, g := range s.groups {
		for _, r := range g.AlertingRules() {
			for _, a := range r.ActiveAlerts() {
				if a.State == rules.StateFiring {
					all = append(all, r.Name()+a.Labels.DropMetricName().String())
				}
			}
		}
	}
	slices.Sort(all)
	return all
}

// exporter is what one exporter shows at a time: fresh data of a batch in progress with
// devices that finish, of one that is planned and one that is over.
func exporter(instance string, now time.Time) map[string]float64 {
	target := fmt.Sprintf(`job="ota",instance=%q`, instance)
	unix := func(ago time.Duration) float64 { return float64(now.Add(-ago).UnixMilli()) / 1000 }
	all := map[string]float64{
		"up{" + target + "}": 1,
		"aliyun_iot_ota_exporter_config_last_reload_successful{" + target + "}":                                                      1,
		"aliyun_iot_ota_exporter_state_last_write_timestamp_seconds{" + target + "}":                                                 unix(time.Minute),
		"aliyun_iot_ota_exporter_state_write_failures_total{" + target + "}":                                                         0,
		"aliyun_iot_ota_exporter_expected_poll_age_seconds{" + target + `,account="production"}`:                                     15,
		"aliyun_iot_ota_exporter_discovery_lists_failing{" + target + `,account="production",operation="ListOTAFirmware"}`:           0,
		"aliyun_iot_ota_exporter_discovery_firmwares{" + target + `,account="production",product_key="a1Bike"}`:                      3,
		"aliyun_iot_ota_exporter_api_slots{" + target + `,account="production",operation="QueryOTAJob"}`:                             5,
		"aliyun_iot_ota_exporter_api_slots_parked{" + target + `,account="production",operation="QueryOTAJob"}`:                      0,
		"aliyun_iot_ota_exporter_api_requests_total{" + target + `,account="production",operation="QueryOTAJob",result="success"}`:   unix(0),
		"aliyun_iot_ota_exporter_api_requests_total{" + target + `,account="production",operation="QueryOTAJob",result="transport"}`: 0,
	}
	for id, status := range map[string]string{"job-1": "IN_PROGRESS", "job-2": "PLANNED", "job-3": "COMPLETED"} {
		batch := target + fmt.Sprintf(`,account="production",job_id=%q`, id)
		add := func(metric, labels string, value float64) {
			all["aliyun_iot_ota_job_"+metric+"{"+batch+labels+"}"] = value
		}
		add("info", `,name="bike-mcu",dest_version="4.2.0",product_key="a1Bike",firmware_id="fw-1",description="City",job_type="UPGRADE_FIRMWARE",selection_type="STATIC"`, 1)
		for _, s := range []string{"PLANNED", "IN_PROGRESS", "COMPLETED", "CANCELED"} {
			value := 0.0
			if s == status {
				value = 1
			}
			add("status", fmt.Sprintf(`,status=%q`, s), value)
		}
		add("poll_success", "", 1)
		add("last_success_timestamp_seconds", "", unix(15*time.Second)) // as old as the budget lets it become
		add("devices_last_success_timestamp_seconds", "", unix(time.Minute))
		add("devices_last_finished_timestamp_seconds", "", unix(2*time.Minute))
		add("modified_timestamp_seconds", "", unix(time.Hour))
		for i, s := range []string{"QUEUED", "NOTIFIED", "IN_PROGRESS", "SUCCEEDED", "FAILED", "CANCELED"} {
			add("devices", fmt.Sprintf(`,task_status=%q`, s), []float64{40, 5, 5, 50, 1, 0}[i])
		}
		switch status {
		case "IN_PROGRESS":
			add("deadline_timestamp_seconds", `,basis="settings"`, unix(-time.Hour))
			add("schedule_finish_timestamp_seconds", "", unix(-time.Hour))
		case "PLANNED":
			add("schedule_timestamp_seconds", "", unix(-time.Hour))
		case "COMPLETED":
			add("end_timestamp_seconds", "", unix(time.Hour))
		}
	}
	return all
}

var start = time.Unix(1_800_000_000, 0)

// On fresh data nothing fires, wherever the scrape stands between two evaluations.
func TestFreshDataAtEveryOffset(t *testing.T) {
	for _, interval := range []time.Duration{15 * time.Second, 30 * time.Second, time.Minute, 4 * time.Minute} {
		for offset := time.Duration(0); offset < min(interval, time.Minute); offset += time.Second {
			t.Run(fmt.Sprintf("every %v, scraped %v before", interval, offset), func(t *testing.T) {
				t.Parallel()
				s := newServer(t)
				for at := start; at.Before(start.Add(max(30*time.Minute, 12*interval))); at = at.Add(interval) {
					scraped := at.Add(-offset)
					s.scrape(scraped, exporter("a", scraped))
					s.evaluate(at)
				}
				if firing := s.firing(); firing != nil {
					t.Errorf("these fire on fresh data: %v", firing)
				}
			})
		}
	}
}

// Any metric may come twice: of another exporter, with other facts of the batch for some
// minutes, or with another label of its target. No rule fails for it, and none fires.
func TestSecondSeriesOfEachMetric(t *testing.T) {
	other := map[string]string{
		"instance": "b", "job": "ota-2", "pod": "b", "basis": "default", "name": "bike", "class": "server", "code": "X",
		"product_key": "a1Scooter", "operation": "ListOTAJobByFirmware", "selection_type": "", "description": "",
	}
	for text := range exporter("a", start) {
		for _, label := range slices.Sorted(maps.Keys(other)) {
			l, err := parser.ParseMetric(text)
			if err != nil {
				t.Fatal(err)
			}
			target := slices.Contains([]string{"instance", "job", "pod"}, label)
			if !target && !l.Has(label) {
				continue // this metric has no such label
			}
			second := labels.NewBuilder(l).Set(label, other[label]).Labels().String()
			t.Run(label+" "+l.String(), func(t *testing.T) {
				t.Parallel()
				s := newServer(t)
				for at := start; at.Before(start.Add(4 * time.Minute)); at = at.Add(time.Minute) {
					series := exporter("a", at)
					series[second] = series[text]
					s.scrape(at, series)
					s.evaluate(at)
				}
				if firing := s.firing(); firing != nil {
					t.Errorf("these fire: %v", firing)
				}
			})
		}
	}
}

// vmalert reads expressions with a parser of its own.
func TestMetricsQL(t *testing.T) {
	n := 0
	for _, file := range files {
		text, err := os.ReadFile(path(file))
		if err != nil {
			t.Fatal(err)
		}
		var groups rulefmt.RuleGroups
		if err := yaml.Unmarshal(text, &groups); err != nil {
			t.Fatal(err)
		}
		for _, g := range groups.Groups {
			for _, r := range g.Rules {
				n++
				if _, err := metricsql.Parse(r.Expr); err != nil {
					t.Errorf("%s%s: %v", r.Record, r.Alert, err)
				}
			}
		}
	}
	if n < 30 {
		t.Errorf("only %d rules were read", n)
	}
}
