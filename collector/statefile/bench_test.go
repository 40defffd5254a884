//go:build unix

package statefile_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-kit/log"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/statefile"
)

// BenchmarkStateFile measures a file of 10,000 batches. The goals are at most 100 ms of CPU
// time for a write, including fsync, and 200 ms for a read.
func BenchmarkStateFile(b *testing.B) {
	path := filepath.Join(b.TempDir(), "state")
	filled := harness.FilledStore(b, 10_000)
	open := func() *statefile.File {
		file := statefile.New(path, time.Hour, filled, prometheus.NewRegistry(), log.NewNopLogger())
		if err := file.Open(b.Context()); err != nil {
			b.Fatal(err)
		}
		return file
	}
	file := open()
	for _, c := range []struct {
		name string
		do   func()
	}{
		{"write", func() { file.Keep()() }}, // stopping writes the file
		{"read", func() { file.Close(); file = open() }},
	} {
		b.Run(c.name, func(b *testing.B) {
			start := harness.CPUTime(b)
			for b.Loop() {
				c.do()
			}
			b.ReportMetric(float64(harness.CPUTime(b)-start)/float64(b.N)/1e6, "cpu-ms/op")
		})
	}
	if info, err := os.Stat(path); err == nil {
		b.Logf("the file has %d bytes", info.Size())
	}
}
