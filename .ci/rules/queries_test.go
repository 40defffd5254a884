package rules_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
)

// query is a query that people are given to read, and where it stands.
type query struct{ place, expr string }

var (
	promqlBlock = regexp.MustCompile("(?ms)^```promql\n(.*?)^```")
	inlineCode  = regexp.MustCompile("`([^`\n]*\\([^`\n]*aliyun_iot_ota_[^`\n]*)`")
)

// documentedQueries are those in the READMEs, the documents and the runbooks, with the account
// and the batch filled in.
func documentedQueries(t *testing.T) (all []query) {
	t.Helper()
	known := make(map[query]bool)
	add := func(place, text string) {
		// A block may have several queries, with an empty line in between.
		for expr := range strings.SplitSeq(text, "\n\n") {
			for _, batch := range []string{"ordinary", "stuck", "failing", "missed", "overrun", "cancelled", "unknown", "gone"} {
				q := query{place, strings.NewReplacer(`account="…"`, `account="production"`, `job_id="…"`, `job_id="production-`+batch+`"`).Replace(expr)}
				if !known[q] {
					known[q] = true
					all = append(all, q)
				}
			}
		}
	}
	for _, pattern := range []string{"*.md", "deploy/*.md", "deploy/*/*.md", "deploy/*/*/*.md"} {
		files, err := filepath.Glob("../../" + pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			place := strings.TrimPrefix(file, "../../")
			for _, found := range slices.Concat(promqlBlock.FindAllSubmatch(text, -1), inlineCode.FindAllSubmatch(text, -1)) {
				add(place, string(found[1]))
			}
		}
	}
	if len(all) < 40 {
		t.Errorf("only %d queries were found in the documents", len(all))
	}
	return all
}

// panelQueries are those of the dashboards, with values for their variables.
func panelQueries(t *testing.T) (all []query) {
	t.Helper()
	fill := strings.NewReplacer("$cluster", ".*", "$account", ".*", "$product", ".*", "$job_id", "production-stuck", "$alerts", ".*",
		"$__rate_interval", "4m", "$__range", "1h", "$__interval", "1m", "$instance", ".*", "$job", ".*", "$operation", ".*")
	files, err := filepath.Glob("../../dashboards/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d dashboards, error %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var dashboard any
		if err := json.Unmarshal(text, &dashboard); err != nil {
			t.Fatal(err)
		}
		// Panels are in rows, annotations elsewhere: each object with an expr is a query.
		var walk func(node any, title string)
		walk = func(node any, title string) {
			switch node := node.(type) {
			case []any:
				for _, one := range node {
					walk(one, title)
				}
			case map[string]any:
				if own, ok := node["title"].(string); ok {
					title = own
				}
				if expr, ok := node["expr"].(string); ok {
					all = append(all, query{filepath.Base(file) + ", " + title, fill.Replace(expr)})
				}
				for _, key := range slices.Sorted(maps.Keys(node)) {
					walk(node[key], title)
				}
			}
		}
		walk(dashboard, "")
	}
	return all
}

// result is the rows of an answer by their labels, without those of the target.
type result struct {
	rows map[string]float64
	each bool // there is a row for each exporter
}

// ask evaluates a query.
func (s *server) ask(expr string, at time.Time) (result, error) {
	q, err := s.engine.NewInstantQuery(s.t.Context(), s.storage, nil, expr, at)
	if err != nil {
		return result{}, err
	}
	defer q.Close()
	answer := q.Exec(s.t.Context())
	if answer.Err != nil {
		return result{}, answer.Err
	}
	r := result{rows: make(map[string]float64)}
	switch v := answer.Value.(type) {
	case promql.Vector:
		for _, sample := range v {
			r.each = r.each || sample.Metric.Has("instance")
			r.rows[labels.NewBuilder(sample.Metric).Del("instance", "job").Labels().String()] = sample.F
		}
	case promql.Scalar:
		r.rows["scalar"] = v.V
	default:
		return result{}, fmt.Errorf("the answer is a %s", v.Type())
	}
	return r, nil
}

// callTotals are of the calls of all exporters together, which are more if there are two, or
// count exporters.
var callTotals = regexp.MustCompile(`sum\b.*aliyun_iot_ota_exporter_(api_requests_total|api_request_duration|credential_refresh|state_write_failures)|aliyun_iot_ota_exporter_api_slots|count\b.*(up|build_info|expected_poll_age)`)

// shardNumbers ask for what only shards have.
var shardNumbers = regexp.MustCompile(`^aliyun_iot_ota_exporter_(account_)?shard\b`)

// Every query in the documents and in the dashboards gives the same over one exporter, over
// two that watch the same, and over three shards, one of which has no account and each of
// which may be a pair. Rows that name the exporter may come once for
// each one, where that is what the reader wants to know.
func TestQueries(t *testing.T) {
	one := record(t, 95*time.Minute, exporterRun{instance: "a", rate: 10, shard: whole})
	servers := make(map[string]*server)
	for name, r := range map[string]recording{"one exporter": one, "a pair": paired(one), "shards": sharded(one, 1), "pairs of shards": sharded(one, 2)} {
		servers[name] = newServer(t)
		servers[name].replay(r, func(time.Time) {})
	}
	at := recordedFrom.Add(95 * time.Minute)
	answered := 0
	for _, q := range slices.Concat(documentedQueries(t), panelQueries(t)) {
		want, err := servers["one exporter"].ask(q.expr, at)
		if err != nil {
			t.Errorf("%s: %v in\n%s", q.place, err, q.expr)
			continue
		}
		if len(want.rows) > 0 {
			answered++
		}
		for _, name := range []string{"a pair", "shards", "pairs of shards"} {
			twice := name != "shards" // there are two exporters for each account
			got, err := servers[name].ask(q.expr, at)
			switch {
			case err != nil:
				t.Errorf("%s over %s: %v in\n%s", q.place, name, err, q.expr)
			case twice && callTotals.MatchString(q.expr):
			case name != "a pair" && shardNumbers.MatchString(q.expr):
				if len(got.rows) == 0 {
					t.Errorf("%s over %s: nothing in\n%s", q.place, name, q.expr)
				}
			case !same(want.rows, got.rows):
				t.Errorf("%s over %s: %v, want %v in\n%s", q.place, name, got.rows, want.rows, q.expr)
			case twice && got.each && !perExporter.MatchString(q.expr):
				t.Errorf("%s over %s: one row for each exporter in\n%s", q.place, name, q.expr)
			}
		}
	}
	if answered < 200 {
		t.Errorf("only %d queries have an answer, so this test says nothing about the others", answered)
	}
}

// perExporter are about exporters, or list all that there is, so that rows for each one are
// right: which exporter has an error is part of the answer.
var perExporter = regexp.MustCompile(`aliyun_iot_ota_exporter_|_error_info\{|\bup\b|process_|go_|scrape_|instance|\{__name__=~`)

func same(a, b map[string]float64) bool {
	return maps.EqualFunc(a, b, func(x, y float64) bool {
		return x == y || math.IsNaN(x) && math.IsNaN(y) || math.Abs(x-y) <= 1e-9*math.Max(math.Abs(x), math.Abs(y))
	})
}

// paired returns what Prometheus sees of two exporters that know the same.
func paired(one recording) (r recording) {
	for _, texts := range one {
		r = append(r, map[string]string{"a": texts["a"], "b": texts["a"]})
	}
	return r
}

// sharded returns what Prometheus sees of three shards, each of some exporters that know the
// same. The one in the middle has no account.
func sharded(one recording, each int) (r recording) {
	const total = 3
	for _, texts := range one {
		shards := make(map[string]string)
		for number := range total {
			for copied := range each {
				shards[fmt.Sprintf("%c%d", 'a'+number, copied)] = ofShard(texts["a"], number, total)
			}
		}
		r = append(r, shards)
	}
	return r
}

// ofShard returns what is left of the text of an exporter if it is a shard.
func ofShard(text string, number, total int) string {
	shardOf := map[string]int{fleetAccounts[0]: 0, fleetAccounts[1]: 2}
	var kept strings.Builder
	for line := range strings.Lines(text) {
		series, _, _ := strings.Cut(line, " ")
		account := accountLabel.FindStringSubmatch(series)
		switch {
		case strings.HasPrefix(line, "aliyun_iot_ota_exporter_account_shard{"):
			fmt.Fprintf(&kept, "aliyun_iot_ota_exporter_account_shard{account=%q,total_shards=\"%d\"} %d\n", account[1], total, shardOf[account[1]])
		case series == "aliyun_iot_ota_exporter_shard":
			fmt.Fprintln(&kept, series, number)
		case series == "aliyun_iot_ota_exporter_total_shards":
			fmt.Fprintln(&kept, series, total)
		case account == nil || shardOf[account[1]] == number:
			kept.WriteString(line)
		}
	}
	return kept.String()
}

var accountLabel = regexp.MustCompile(`account="([^"]*)"`)
