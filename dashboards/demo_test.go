package dashboards_test

import (
	"context"
	"maps"
	"os"
	"os/exec"
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
	"OTA fleet/These need a person first/B": "no rollout of the demo fails on every tenth device",
	"OTA fleet/These need a person first/C": "no start is missed",
	"OTA fleet/These need a person first/F": "the data is fresh",
}

// positive are the panels with counts that must be above zero, because the demo has such
// troubles.
var positive = []string{"Need a person", "Past deadline", "Cancelled, not over", "Gone", "Batches that fail"}

// Every panel and every variable has an answer in front of the demo. Prometheus scrapes
// it twice, as a pair of exporters for high availability, so no query may fail over
// duplicates or count a batch twice.
func TestPanelsAnswer(t *testing.T) {
	binary, err := exec.LookPath("prometheus")
	switch {
	case err != nil && os.Getenv("CI") == "true":
		t.Fatalf("CI needs a real Prometheus: %v", err)
	case err != nil:
		t.Skipf("skipped, because no real Prometheus is here: %v", err)
	}
	server := startPrometheus(t, binary, startDemo(t))
	ctx, cancel := context.WithTimeout(t.Context(), 75*time.Second)
	defer cancel()

	pending := map[string]string{} // queries without an answer yet, by their place
	for _, d := range load(t) {
		for _, v := range d.Templating.List {
			if v.Type == "query" {
				pending[d.Title+"/$"+v.Name] = v.promQL()
			}
		}
		for _, p := range d.Panels {
			for _, q := range p.Targets {
				place := d.Title + "/" + p.Title + "/" + q.RefID
				pending[place] = q.Expr
				if slices.Contains(positive, p.Title) {
					pending[place+" above 0"] = "(" + q.Expr + ") > 0"
				}
				// Of the two scrapes of each batch only one may count.
				if p.Title == "Rollouts by status" {
					pending[place+" once each"] = "sum(" + q.Expr + `) == count(group by (account, job_id) (aliyun_iot_ota_job_info{job_type="UPGRADE_FIRMWARE"}))`
				}
			}
		}
	}
	expectedEmpty := map[string]string{} // not asked for an answer, but still to be correct
	for place := range mayBeEmpty {
		if pending[place] == "" {
			t.Errorf("%s may be empty, but does not exist", place)
		}
		expectedEmpty[place] = pending[place]
		delete(pending, place)
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
				answer, err := server.query(ctx, substitute(expr, batch["job_id"]))
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
		if _, err := server.query(ctx, substitute(expr, "")); err != nil {
			t.Errorf("%s: %v", place, err)
		}
	}
	t.Run("the choice of batches has names", func(t *testing.T) {
		for _, v := range load(t)["ota-batch.json"].Templating.List {
			if v.Name == "job_id" {
				batchNames(t, server, v)
			}
		}
	})
}

// batchNames does what Grafana does to let the reader choose a batch by its name: it
// applies the variable's regex to each series as text. No batch may be lost by that.
func batchNames(t *testing.T, server prometheus, v variable) {
	answer, err := server.query(t.Context(), substitute(v.promQL(), ""))
	if err != nil {
		t.Fatal(err)
	}
	regex := regexp.MustCompile(strings.Trim(v.Regex, "/"))
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
	if len(names) != len(answer) || !strings.Contains(names[stuck], "Stuck") || names[gone] != gone {
		t.Errorf("%d batches, named %q", len(answer), names)
	}
}

// substitute sets the variables as Grafana does when "All" is chosen for each.
func substitute(expr, jobID string) string {
	return strings.NewReplacer("$job_id", jobID, "$job", ".*", "$instance", ".*", "$account", ".*", "$product", ".*",
		"$__rate_interval", "20s").Replace(expr)
}

// startDemo runs the demo of the exporter.
func startDemo(t *testing.T) (address string) {
	t.Helper()
	return serve(t, repository.Program(t), "--demo", "--persistence.file="+filepath.Join(t.TempDir(), "state"))
}
