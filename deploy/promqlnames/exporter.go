package promqlnames

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// foreign are metrics of others: of Prometheus about a target, and of the Go client library
// about the process. They have only the labels of a target.
var foreign = []string{
	"up", "scrape_duration_seconds",
	"process_cpu_seconds_total", "process_open_fds", "process_resident_memory_bytes", "process_start_time_seconds",
	"go_goroutines", "go_memstats_heap_inuse_bytes",
}

var (
	// metricRow matches a row of the tables of metrics in deploy/docs/metrics.md: name, type, labels.
	metricRow = regexp.MustCompile("(?m)^\\| `(aliyun_iot_ota_\\w+)` \\| (\\w+) \\| ([^|]*) \\|")
	quoted    = regexp.MustCompile("`([^`]+)`")
)

// Exporter returns the vocabulary of the exporter's metrics. root is the path of the repository.
// The metrics are those of deploy/docs/metrics.md, whose tables are generated from the code.
func Exporter(root string) (Vocabulary, error) {
	v := Vocabulary{Labels: make(map[string][]string)}
	document, err := os.ReadFile(filepath.Join(root, "deploy", "docs", "metrics.md"))
	if err != nil {
		return v, err
	}
	rows := metricRow.FindAllStringSubmatch(string(document), -1)
	if len(rows) < 30 {
		return v, fmt.Errorf("metrics.md has only %d metrics", len(rows))
	}
	for _, row := range rows {
		metric, kind := row[1], row[2]
		var labels []string
		for _, found := range quoted.FindAllStringSubmatch(row[3], -1) {
			labels = append(labels, found[1])
		}
		if !strings.HasPrefix(metric, "aliyun_iot_ota_exporter_") {
			labels = append(labels, "account", "job_id")
		}
		v.Add(metric, labels...)
		if kind == "histogram" {
			v.Add(metric+"_bucket", append(labels, "le")...)
			v.Add(metric+"_sum", labels...)
			v.Add(metric+"_count", labels...)
		}
	}
	for _, metric := range foreign {
		v.Add(metric)
	}
	v.Values, err = values(root)
	return v, err
}

// Add adds a metric with its labels and those of a target.
func (v Vocabulary) Add(metric string, labels ...string) {
	v.Labels[metric] = append(slices.Clone(labels), "job", "instance")
}

// values returns the values of the labels that have a fixed set of values.
func values(root string) (map[string][]string, error) {
	all := map[string][]string{
		"status":      aliyun.Statuses,
		"task_status": aliyun.TaskStatuses,
		"operation":   aliyun.Operations,
	}
	for _, class := range aliyun.Classes {
		all["class"] = append(all["class"], string(class))
	}
	all["result"] = append([]string{"success"}, all["class"]...)
	for _, origin := range target.Origins {
		all["origin"] = append(all["origin"], string(origin))
	}
	// The code has no list of these values, but the golden files contain each of them.
	open := regexp.MustCompile(`\b(basis|job_type|selection_type)="([^"]*)"`)
	goldens, err := filepath.Glob(filepath.Join(root, "collector", "expose", "testdata", "golden", "*.prom"))
	if err != nil {
		return nil, err
	}
	if len(goldens) == 0 {
		return nil, errors.New("there are no golden files")
	}
	for _, golden := range goldens {
		text, err := os.ReadFile(golden)
		if err != nil {
			return nil, err
		}
		for _, found := range open.FindAllStringSubmatch(string(text), -1) {
			all[found[1]] = append(all[found[1]], found[2])
		}
	}
	all["job_type"] = append(all["job_type"], "VERIFY_FIRMWARE") // documented, but no golden file has such a batch
	return all, nil
}
