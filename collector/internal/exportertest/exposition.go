package exportertest

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/promtext"
)

// statusSample is the sample that says which status a batch has.
var statusSample = regexp.MustCompile(`(?m)^aliyun_iot_ota_job_status\{account="[^"]*",job_id="([^"]*)",status="[^"]*"\} 1$`)

// BatchesIn returns the batches of an exposition that have a status. It is an error if
// Prometheus's parser refuses the text, if a series is in it twice, or if a batch has two
// statuses.
func BatchesIn(text string) (ids map[string]bool, err error) {
	if _, err := promtext.Parse(strings.NewReader(text)); err != nil {
		return nil, fmt.Errorf("parse exposition: %w", err)
	}
	series := make(map[string]bool)
	for line := range strings.Lines(text) {
		name := line[:max(0, strings.LastIndexByte(line, ' '))]
		if line[0] != '#' && series[name] {
			return nil, fmt.Errorf("series %s is there twice", name)
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

// Batches returns the batches that a scrape shows with a status.
func (e *Exporter) Batches() map[string]bool {
	e.T.Helper()
	text := e.Metrics()
	ids, err := BatchesIn(text)
	if err != nil {
		e.T.Fatalf("%v in\n%s", err, text)
	}
	return ids
}

// AwaitBatches waits until a scrape shows each of these batches with a status.
func (e *Exporter) AwaitBatches(ids []string) {
	e.T.Helper()
	Eventually(e.T, func() string { return strings.Join(Missing(e.Batches(), ids), ", ") })
}

// Missing returns those of the ids that are not in the set.
func Missing(in map[string]bool, ids []string) (gone []string) {
	for _, id := range ids {
		if !in[id] {
			gone = append(gone, id)
		}
	}
	return gone
}
