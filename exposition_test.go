package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// statusSample is the sample that says which status a batch has.
var statusSample = regexp.MustCompile(`(?m)^aliyun_iot_ota_job_status\{account="[^"]*",job_id="([^"]*)",status="[^"]*"\} 1$`)

// batchesIn gives the batches of an exposition that have a status. It is an error
// if a parser refuses the text, if a series is in it twice, or if a batch has two
// statuses.
func batchesIn(text string) (ids map[string]bool, err error) {
	parser := expfmt.NewTextParser(model.UTF8Validation)
	if _, err := parser.TextToMetricFamilies(strings.NewReader(text)); err != nil {
		return nil, fmt.Errorf("no exposition: %w", err)
	}
	series := make(map[string]bool)
	for line := range strings.Lines(text) {
		name := line[:max(0, strings.LastIndexByte(line, ' '))]
		if line[0] != '#' && series[name] {
			return nil, fmt.Errorf("%s is there twice", name)
		}
		series[name] = true
	}
	ids = make(map[string]bool)
	for _, found := range statusSample.FindAllStringSubmatch(text, -1) {
		if ids[found[1]] {
			return nil, fmt.Errorf("two statuses of %s", found[1])
		}
		ids[found[1]] = true
	}
	return ids, nil
}

// batches are those that a scrape shows with a status.
func (e *exporter) batches() map[string]bool {
	e.t.Helper()
	text := e.metrics()
	ids, err := batchesIn(text)
	if err != nil {
		e.t.Fatalf("%v in\n%s", err, text)
	}
	return ids
}

// awaitBatches waits until a scrape shows each of them with a status.
func (e *exporter) awaitBatches(ids []string) {
	e.t.Helper()
	eventually(e.t, func() string { return strings.Join(missing(e.batches(), ids), ", ") })
}

// missing are those of ids that are not in the set.
func missing(in map[string]bool, ids []string) (gone []string) {
	for _, id := range ids {
		if !in[id] {
			gone = append(gone, id)
		}
	}
	return gone
}

// inUse are the goroutines and the open files of the exporter, by their metric.
func (e *exporter) inUse() map[string]int {
	e.t.Helper()
	counts := make(map[string]int)
	for line := range strings.Lines(e.metrics()) {
		for _, name := range []string{"go_goroutines", "process_open_fds"} {
			if value, ok := strings.CutPrefix(strings.TrimSpace(line), name+" "); ok {
				n, err := strconv.Atoi(value)
				if err != nil {
					e.t.Fatal(err)
				}
				counts[name] = n
			}
		}
	}
	return counts
}
