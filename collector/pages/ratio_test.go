package pages

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// countedRows returns the rows of n batches whose devices are counted.
func countedRows(n int) []*pageRow {
	states := make([]*store.State, n)
	for i := range states {
		counts := make(map[string]int)
		for k, status := range aliyun.TaskStatuses {
			counts[status] = (i*7919 + k*104729) % 1000
		}
		at := time.Unix(1e9+int64(i), 0)
		devices := &store.DeviceCounts{ByStatus: counts, AsOf: at}
		devices.Total = devices.Sum()
		states[i] = &store.State{
			Target: target.Target{Account: "production", JobID: fmt.Sprintf("wahVIzGkCMuAUE2gDE%08d", i), Region: "cn-shanghai", Instance: aliyun.Instance{ID: "iot-cn-0pp1n8t0001"}},
			Job: &aliyun.Job{
				Name: new(fmt.Sprintf("Cold-Chain-%d", i)), JobDesc: new("冷链传感器 全量升级"), DestVersion: new("2.1.0"), JobStatus: new(aliyun.StatusInProgress),
				ProductKey: new("a19mzPZ0001"), FirmwareID: new("Ufuxnwygsuffc6LQ0001"), Tags: []aliyun.Tag{{Key: new("owner"), Value: new("cold-chain")}}, UtcStartTime: &at,
			},
			AsOf: at, Devices: devices,
		}
	}
	return pageRows(states, store.New(), time.Unix(1e9, 0))
}

// sortedWithoutKeys computes the progress again for each comparison.
func sortedWithoutKeys(rows []*pageRow) []*pageRow {
	sorted := slices.Clone(rows)
	slices.SortStableFunc(sorted, func(a, b *pageRow) int {
		if a.Progress() == nil || b.Progress() == nil {
			return boolOrder(a.Progress() == nil) - boolOrder(b.Progress() == nil)
		}
		return cmp.Compare(float64(a.Progress().Succeeded)/float64(a.Progress().Total), float64(b.Progress().Succeeded)/float64(b.Progress().Total))
	})
	return sorted
}

// foundWithoutLimits joins the texts of each row and searches for every word, including repeated
// ones.
func foundWithoutLimits(rows []*pageRow, words []string) (kept []*pageRow) {
	for _, r := range rows {
		texts := []string{r.JobID, r.Region, r.Instance.ID}
		for _, field := range []*string{r.Job.Name, r.Job.JobDesc, r.Job.DestVersion, r.Job.ProductKey, r.Job.FirmwareID, r.Job.GroupName} {
			texts = append(texts, aliyun.Text(field))
		}
		for _, t := range r.Job.Tags {
			texts = append(texts, aliyun.Text(t.Key)+"="+aliyun.Text(t.Value))
		}
		all := strings.ToLower(strings.Join(texts, "\n"))
		if !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(all, word) }) {
			kept = append(kept, r)
		}
	}
	return kept
}

// BenchmarkPageRatio measures the sorting and the searching of 10,000 batches, as a ratio to
// implementations without sort keys and without a limit on words.
func BenchmarkPageRatio(b *testing.B) {
	rows := countedRows(10_000)
	few := pageQuery{Text: "Cold-Chain owner 升级"}
	many := strings.Repeat("o ", 20_000) // the maximum without the limit
	for _, c := range []struct {
		name          string
		before, after func() []*pageRow
	}{
		{"sort=progress", func() []*pageRow { return sortedWithoutKeys(rows) }, func() []*pageRow { return pageQuery{sort: "progress"}.sorted(rows) }},
		{"three_words", func() []*pageRow { return foundWithoutLimits(rows, few.words()) }, func() []*pageRow { return few.of(b.Context(), rows) }},
		{"20000_words", func() []*pageRow { return foundWithoutLimits(rows, strings.Fields(many)) }, func() []*pageRow {
			if _, err := parsePageQuery("text=" + strings.ReplaceAll(many, " ", "+")); err == nil {
				b.Error("20,000 words are accepted")
			}
			return pageQuery{Text: many}.of(b.Context(), rows) // as if they were accepted
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			var before, after time.Duration
			for b.Loop() {
				start := time.Now()
				x := c.before()
				middle := time.Now()
				y := c.after()
				before, after = before+middle.Sub(start), after+time.Since(middle)
				if !slices.Equal(x, y) {
					b.Fatal("the results differ")
				}
			}
			b.ReportMetric(before.Seconds()*1000/float64(b.N), "before-ms")
			b.ReportMetric(after.Seconds()*1000/float64(b.N), "after-ms")
			b.ReportMetric(before.Seconds()/after.Seconds(), "times-faster")
		})
	}
}
