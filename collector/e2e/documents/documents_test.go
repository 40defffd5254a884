package documents_test

import (
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/config"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/repository"
)

var update = flag.Bool("update", false, "rewrite the generated tables of the documents")

const (
	readme          = "README.md"
	configuration   = "deploy/docs/configuration.md"
	running         = "deploy/docs/running.md"
	pages           = "deploy/docs/http.md"
	metrics         = "deploy/docs/metrics.md"
	troubleshooting = "deploy/docs/troubleshooting.md"
	performance     = "deploy/docs/performance.md"
	development     = "deploy/docs/development.md"
)

// The generated tables of the documents agree with the code.
func TestGeneratedTables(t *testing.T) {
	tables := map[string]map[string]string{ // by document and part
		running:         {"flags": flagTable(t)},
		metrics:         {"metrics": batchMetricTable(t), "own metrics": ownMetricTable(t)},
		troubleshooting: {"failures": failureTable(t)},
		development:     {"dependencies": dependencyTable(t)},
		performance:     {},
	}
	for _, part := range []string{"scrape speed", "polling speed", "detection speed", "program speed"} {
		tables[performance][part] = tableIn(t, performance, part) // TestSpeed in collector/e2e/load makes it
	}
	for document, parts := range tables {
		checkTables(t, document, parts)
	}
}

// tableIn returns a generated part of a document.
func tableIn(t *testing.T, file, part string) string {
	t.Helper()
	begin, end := "<!-- begin generated: "+part+" -->\n", "<!-- end generated: "+part+" -->\n"
	_, rest, found := strings.Cut(repository.Read(t, file), begin)
	table, _, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("%s does not have the lines %q and %q", file, begin, end)
	}
	return table
}

// checkTables compares the generated parts of a document with the tables. With -update it
// rewrites them.
func checkTables(t *testing.T, file string, tables map[string]string) {
	t.Helper()
	is := repository.Read(t, file)
	want := is
	for part, table := range tables {
		was := tableIn(t, file, part)
		begin := "<!-- begin generated: " + part + " -->\n"
		want = strings.Replace(want, begin+was, begin+table, 1)
	}
	if *update {
		if err := os.WriteFile(repository.Path(t, file), []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(strings.Split(is, "\n"), strings.Split(want, "\n")); diff != "" {
		t.Errorf("%s does not agree with the code; rewrite it by: make update\n%s", file, diff)
	}
}

// The example configurations of the documents are valid.
func TestExamples(t *testing.T) {
	var configs []string // the other blocks of YAML are for Prometheus
	for _, document := range []string{readme, configuration} {
		for _, found := range regexp.MustCompile("(?s)\n```yaml\n(accounts:.*?)```\n").FindAllStringSubmatch(repository.Read(t, document), -1) {
			configs = append(configs, found[1])
		}
	}
	if len(configs) < 3 {
		t.Errorf("the documents have %d configurations", len(configs))
	}
	for _, text := range configs {
		if c, err := config.Parse(strings.NewReader(text)); err != nil {
			t.Errorf("error %v in\n%s", err, text)
		} else if len(c.Warnings) > 0 {
			t.Errorf("warnings %v in\n%s", c.Warnings, text)
		}
	}
}
