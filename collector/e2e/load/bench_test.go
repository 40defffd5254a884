//go:build unix

package load_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzhttp"
	"github.com/klauspost/compress/gzip"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	dto "github.com/prometheus/client_model/go"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
)

// design is one way to serve the same series, 25 per batch, with gzip.
type design struct {
	name   string // in the table
	accept string // the Accept header of the scraper
	make   func(testing.TB) http.Handler
}

// designs returns the exporter and other designs. The floor comes first: it only compresses
// the ready text of the exporter. Without a cache no design can be faster.
func designs(tb testing.TB, batches int) []design {
	filled := harness.FilledStore(tb, batches)
	text := harness.Get(harness.NewHandler(tb, filled)).Body.Bytes()
	exporter := func(tb testing.TB) http.Handler { return harness.NewHandler(tb, filled) }
	return []design{
		{"Floor: compress a text that is ready", "", func(tb testing.TB) http.Handler { return readyBytes(tb, text) }},
		{"This exporter", "", exporter},
		{"This exporter, OpenMetrics", harness.AcceptOpenMetrics, exporter},
		{"This exporter, protobuf", harness.AcceptProtobuf, exporter},
		{"New metrics at each scrape (`MustNewConstMetric`)", "", func(tb testing.TB) http.Handler { return constMetrics(tb, text) }},
		{"A stored gauge for each series (`GaugeVec`)", "", func(tb testing.TB) http.Handler { return gaugeVecs(tb, text) }},
	}
}

// BenchmarkScrape is for profiles of a design. TestSpeed compares the designs.
func BenchmarkScrape(b *testing.B) {
	for _, batches := range []int{100, 1_000, 10_000} {
		for _, d := range designs(b, batches) {
			b.Run(fmt.Sprintf("%d/%s", batches, d.name), func(b *testing.B) {
				scrape := scraper(b, d)
				b.ReportAllocs()
				for b.Loop() {
					b.ReportMetric(float64(scrape()), "wire-B")
				}
			})
		}
	}
}

// scraper returns a function that scrapes once and returns the size of the answer in bytes.
// There has been a scrape before, so that pools are filled.
func scraper(tb testing.TB, d design) func() int {
	tb.Helper()
	handler := d.make(tb)
	r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
	r.Header.Set("Accept", d.accept)
	r.Header.Set("Accept-Encoding", "gzip")
	scrape := func() int {
		w := harness.Discard{Headers: http.Header{}}
		handler.ServeHTTP(&w, r)
		if w.Headers.Get("Content-Encoding") != "gzip" {
			tb.Fatal("not compressed")
		}
		return w.Bytes
	}
	scrape()
	return scrape
}

// readyBytes compresses a text in every scrape as the exporter does, and nothing else.
func readyBytes(tb testing.TB, text []byte) http.Handler {
	compress, err := gzhttp.NewWrapper(gzhttp.CompressionLevel(gzip.BestSpeed))
	if err != nil {
		tb.Fatal(err)
	}
	return compress(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4")
		w.Write(text)
	}))
}

// gaugeVecs keeps a gauge for each series, as most exporters do at first. The gauges are set
// only once here. In a real exporter each poll would set them.
func gaugeVecs(tb testing.TB, text []byte) http.Handler {
	registry := prometheus.NewRegistry()
	for _, mf := range harness.Parsed(tb, string(text)) {
		vec := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: mf.GetName(), Help: mf.GetHelp()}, labelNames(mf))
		registry.MustRegister(vec)
		for _, m := range mf.Metric {
			vec.WithLabelValues(labelValues(m)...).Set(m.Gauge.GetValue())
		}
	}
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
}

// constCollector makes new metrics in every scrape, as the documentation of client_golang
// recommends for exporters.
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

func constMetrics(tb testing.TB, text []byte) http.Handler {
	var c constCollector
	for _, mf := range harness.Parsed(tb, string(text)) {
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
