package dashboards_test

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/repository"
)

// mayBeEmpty are the queries that have no answer while the demo is young, and why.
var mayBeEmpty = map[string]string{
	"OTA fleet/Completed":                 "no batch has completed yet",
	"OTA fleet/For information only/A":    "no alert of that severity fires yet",
	"OTA fleet/For information only/B":    "no alert of that severity fires yet",
	"OTA fleet/Batches that are gone/B":   "the batch was never there",
	"OTA fleet/Live batches/E":            "a pace needs some minutes",
	"OTA exporter/Age of the discovery/A": "the lists are read for the first time",
}

// positive are the panels with counts that must be above zero, because the demo has such
// troubles.
var positive = []string{"Need a person", "Warning", "In progress", "Planned", "Batches that fail"}

// Every panel, annotation and variable has an answer in front of the demo. Prometheus scrapes
// it twice, as a pair of exporters for high availability, and a third exporter that has just
// started and knows no batch yet. So no query may fail over duplicates, count a batch twice,
// or prefer an exporter without data.
func TestPanelsAnswer(t *testing.T) {
	binary := repository.Tool(t, "prometheus")
	server := startPrometheus(t, binary, startDemo(t), startEmpty(t))
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()

	pending := map[string]string{} // queries without an answer yet, by their place
	ask := func(place, expr string) {
		pending[place] = expr
		// The recorded series and the alerts have no cluster: they belong to each.
		pending[place+" of one cluster"] = strings.ReplaceAll(expr, `cluster=~".*|"`, `cluster=~"hangzhou|"`)
	}
	for _, d := range load(t) {
		for _, v := range d.Templating.List {
			if v.Type == "query" {
				ask(d.Title+"/$"+v.Name, d.prepare(v.promQL()))
			}
		}
		for _, a := range d.Annotations.List {
			ask(d.Title+"/"+a.Name, d.prepare(a.Expr))
		}
		for _, p := range d.Panels {
			for _, q := range p.Targets {
				place, expr := d.Title+"/"+p.Title+"/"+q.RefID, d.prepare(q.Expr)
				ask(place, expr)
				if slices.Contains(positive, p.Title) {
					ask(place+" above 0", "("+expr+") > 0")
				}
				// Of the two scrapes of each batch only one may count.
				if p.Title == "Rollouts by status" {
					ask(place+" once each", "sum("+expr+`) == count(group by (account, job_id) (aliyun_iot_ota_job_info{job_type="UPGRADE_FIRMWARE"}))`)
				}
			}
		}
	}
	expectedEmpty := map[string]string{} // not asked for an answer, but still to be correct
	for place := range mayBeEmpty {
		if pending[place] == "" {
			t.Errorf("%s may be empty, but does not exist", place)
		}
		for _, expected := range []string{place, place + " of one cluster"} {
			expectedEmpty[expected] = pending[expected]
			delete(pending, expected)
		}
	}

	tick := time.NewTicker(2 * time.Second)
	defer tick.Stop()
	for len(pending) > 0 {
		jobs, err := server.query(ctx, "group by (job_id) (aliyun_iot_ota_job_poll_success)")
		if err != nil {
			t.Fatal(err)
		}
		for place, expr := range pending {
			// A panel about one batch must have an answer for at least one.
			batches := []series{{}}
			if strings.Contains(expr, "$job_id") {
				batches = jobs
			}
			for _, batch := range batches {
				answer, err := server.query(ctx, strings.ReplaceAll(expr, "$job_id", batch["job_id"]))
				if err != nil {
					t.Errorf("%s: %v", place, err)
				}
				if err != nil || len(answer) > 0 {
					delete(pending, place)
					break
				}
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			for place, expr := range pending {
				t.Errorf("%s has no data: %s", place, expr)
			}
			return
		}
	}

	// These need no answer, but must not fail either.
	for place, expr := range expectedEmpty {
		if _, err := server.query(ctx, expr); err != nil {
			t.Errorf("%s: %v", place, err)
		}
	}
	fleet, batch := load(t)["ota-fleet.json"], load(t)["ota-batch.json"]
	t.Run("the choice of batches has names", func(t *testing.T) {
		for _, v := range batch.Templating.List {
			if v.Name == "job_id" {
				await(t, func() string { return batchNames(t, server, batch.substitute(v.promQL(), ""), v.Regex) })
			}
		}
	})
	t.Run("every number has words or a unit", func(t *testing.T) {
		checkNumbers(t, server)
	})
	t.Run("what needs a person is what fires", func(t *testing.T) {
		await(t, func() string { return whatFires(t, server, fleet) })
	})
}

// prepare sets the variables of an expression, but for the batch.
func (d dashboard) prepare(expr string) string { return d.substitute(expr, "$job_id") }

// await repeats a check until it has no complaint: a scrape may time out on a busy machine,
// and two questions to Prometheus may fall into two evaluations.
func await(t *testing.T, complaint func() string) {
	t.Helper()
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.After(30 * time.Second); ; {
		last := complaint()
		if last == "" {
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatal(last)
		}
	}
}

// whatFires compares the table of what needs a person, and its count, with what Prometheus
// says that it sends to Alertmanager.
func whatFires(t *testing.T, server prometheus, fleet dashboard) (complaint string) {
	var table, count string
	for _, p := range fleet.Panels {
		switch p.Title {
		case "Need a person":
			count = p.Targets[0].Expr
		case "What needs a person":
			table = p.Targets[0].Expr
		}
	}
	var shown, fires []string
	rows, err := server.query(t.Context(), fleet.substitute(table, ""))
	if err != nil {
		t.Fatal(err)
	}
	line := func(s series) string {
		return strings.Join([]string{s["alertname"], s["severity"], s["account"], s["job_id"], s["instance"]}, " ")
	}
	for _, r := range rows {
		shown = append(shown, line(r))
	}
	for _, a := range server.alerts(t) {
		if a.State == "firing" && a.Labels["severity"] != "info" {
			fires = append(fires, line(a.Labels))
		}
	}
	slices.Sort(shown)
	slices.Sort(fires)
	counted, err := server.query(t.Context(), fmt.Sprintf("(%s) == %d", fleet.substitute(count, ""), len(fires)))
	if err != nil {
		t.Fatal(err)
	}
	if len(fires) < 3 || !slices.Equal(shown, fires) || len(counted) != 1 {
		return fmt.Sprintf("shown are %q, and Prometheus fires %q; they are counted: %t", shown, fires, len(counted) == 1)
	}
	return ""
}

// batchNames does what Grafana does to let the reader choose a batch by its name: it
// applies the variable's regex to each series as text. No batch may be lost by that.
func batchNames(t *testing.T, server prometheus, expr, pattern string) (complaint string) {
	answer, err := server.query(t.Context(), expr)
	if err != nil {
		t.Fatal(err)
	}
	regex := regexp.MustCompile(strings.Trim(pattern, "/"))
	names := map[string]string{}
	for _, s := range answer {
		var line []string
		for _, label := range slices.Sorted(maps.Keys(s)) {
			line = append(line, label+`="`+s[label]+`"`)
		}
		if found := regex.FindStringSubmatch("{" + strings.Join(line, ",") + "} 1 1"); found != nil {
			names[found[regex.SubexpIndex("value")]] = found[regex.SubexpIndex("text")]
		}
	}
	// A batch that was never read has no name, and is shown by its JobId.
	const stuck, gone = "HvKuBpuk3rdk6E92CP00030000", "DeletedBatchxxxxxx99990000" // of the demo
	if len(names) != len(answer) || !strings.Contains(names[stuck], "stuck") || names[gone] != gone {
		return fmt.Sprintf("%d batches, named %q", len(answer), names)
	}
	return ""
}

// substitute sets the variables as Grafana does when "All" is chosen for each.
func (d dashboard) substitute(expr, jobID string) string {
	return strings.NewReplacer("$job_id", jobID, "$job", ".*", "$instance", ".*", "$account", ".*", "$product", ".*", "$cluster", ".*",
		"$alerts", d.constant("alerts"), "$info", d.constant("info"), "$critical", d.constant("critical"), "$gone", "gone", "$__rate_interval", "20s").Replace(expr)
}

// startDemo runs the demo of the exporter.
func startDemo(t *testing.T) (address string) {
	t.Helper()
	return serve(t, repository.Program(t), "--demo", "--persistence.file="+filepath.Join(t.TempDir(), "state"))
}

// startEmpty serves the metrics of an exporter that has just started: it has its accounts
// from the configuration, and was not answered yet.
func startEmpty(t *testing.T) (address string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `aliyun_iot_ota_exporter_build_info{version="0"} 1
aliyun_iot_ota_exporter_jobs{account="production",origin="configured"} 3
aliyun_iot_ota_exporter_expected_poll_age_seconds{account="production"} 15
aliyun_iot_ota_exporter_config_last_reload_successful 1
`)
	}))
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}
