//go:build unix

package collector_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/klauspost/compress/gzhttp"
	"github.com/klauspost/compress/gzip"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	dto "github.com/prometheus/client_model/go"
)

// BenchmarkScrape compares the exporter's scrape with what others could have
// built, all with 25 series a batch and gzip. The floor is our text, ready, and
// only compressed: what no design without a cache can go below. x-floor and
// x-exporter are ratios of the CPU time of the whole process, which the wall
// clock hides where the garbage collector has a core for itself.
func BenchmarkScrape(b *testing.B) {
	for _, jobs := range []int{100, 1_000, 10_000} {
		b.Run(fmt.Sprintf("%d_jobs", jobs), func(b *testing.B) {
			store := filledStore(b, jobs)
			text := get(newHandler(b, store)).Body.Bytes()
			cpu := map[string]float64{}
			for _, design := range []struct {
				name string
				make func() http.Handler
			}{
				{"floor", func() http.Handler { return readyBytes(b, text) }},
				{"exporter", func() http.Handler { return newHandler(b, store) }},
				{"GaugeVec", func() http.Handler { return gaugeVecs(b, text) }},
				{"const_metrics", func() http.Handler { return constMetrics(b, text) }},
			} {
				b.Run(design.name, func(b *testing.B) {
					handler := design.make()
					r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
					r.Header.Set("Accept-Encoding", "gzip")
					handler.ServeHTTP(&discard{header: http.Header{}}, r) // pools are filled from here on
					var w discard
					b.ReportAllocs()
					before := cpuTime(b)
					for b.Loop() {
						w = discard{header: http.Header{}}
						handler.ServeHTTP(&w, r)
					}
					cpu[design.name] = (cpuTime(b) - before).Seconds() / float64(b.N)
					if w.header.Get("Content-Encoding") != "gzip" {
						b.Fatal("not compressed")
					}
					b.ReportMetric(float64(w.bytes), "wire-B")
					b.ReportMetric(cpu[design.name]*1e9, "cpu-ns/op")
					if floor := cpu["floor"]; floor > 0 {
						b.ReportMetric(cpu[design.name]/floor, "x-floor")
					}
					if exporter := cpu["exporter"]; exporter > 0 {
						b.ReportMetric(cpu[design.name]/exporter, "x-exporter")
					}
				})
			}
		})
	}
}

// readyBytes compresses at scrape as the exporter does, and does nothing else.
func readyBytes(b *testing.B, text []byte) http.Handler {
	compress, err := gzhttp.NewWrapper(gzhttp.CompressionLevel(gzip.BestSpeed))
	if err != nil {
		b.Fatal(err)
	}
	return compress(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4")
		w.Write(text)
	}))
}

// gaugeVecs keeps a gauge for each series, as most exporters begin. They are set
// here once and for all; in truth each poll would have to.
func gaugeVecs(b *testing.B, text []byte) http.Handler {
	registry := prometheus.NewRegistry()
	for _, mf := range parsed(b, string(text)) {
		vec := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: mf.GetName(), Help: mf.GetHelp()}, labelNames(mf))
		registry.MustRegister(vec)
		for _, m := range mf.Metric {
			vec.WithLabelValues(labelValues(m)...).Set(m.Gauge.GetValue())
		}
	}
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
}

// constCollector makes its metrics anew at each scrape, as the documentation of
// client_golang has it for exporters.
type constCollector []constFamily

type constFamily struct {
	desc    *prometheus.Desc
	samples []constSample
}

type constSample struct {
	value  float64
	labels []string
}

func (c constCollector) Describe(ch chan<- *prometheus.Desc) {
	for _, f := range c {
		ch <- f.desc
	}
}

func (c constCollector) Collect(ch chan<- prometheus.Metric) {
	for _, f := range c {
		for _, s := range f.samples {
			ch <- prometheus.MustNewConstMetric(f.desc, prometheus.GaugeValue, s.value, s.labels...)
		}
	}
}

func constMetrics(b *testing.B, text []byte) http.Handler {
	var c constCollector
	for _, mf := range parsed(b, string(text)) {
		f := constFamily{desc: prometheus.NewDesc(mf.GetName(), mf.GetHelp(), labelNames(mf), nil)}
		for _, m := range mf.Metric {
			f.samples = append(f.samples, constSample{m.Gauge.GetValue(), labelValues(m)})
		}
		c = append(c, f)
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(c)
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
}

func labelNames(mf *dto.MetricFamily) (names []string) {
	for _, l := range mf.Metric[0].Label {
		names = append(names, l.GetName())
	}
	return names
}

func labelValues(m *dto.Metric) (values []string) {
	for _, l := range m.Label {
		values = append(values, strings.Clone(l.GetValue()))
	}
	return values
}

// cpuTime is what this process has used of all cores.
func cpuTime(tb testing.TB) time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
