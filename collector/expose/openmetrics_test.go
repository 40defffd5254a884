package expose_test

import (
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/go-kit/log"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	versioncollector "github.com/prometheus/client_golang/prometheus/collectors/version"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/textparse"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/expose"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/situations"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
)

// scraped is what Prometheus takes from a text.
type scraped struct {
	series map[string]float64
	types  map[string]model.MetricType // by the name in the metadata
	units  map[string]string
	help   map[string]string
}

// scrape reads a text with a parser of Prometheus's server.
func scrape(t *testing.T, p textparse.Parser) scraped {
	t.Helper()
	s := scraped{map[string]float64{}, map[string]model.MetricType{}, map[string]string{}, map[string]string{}}
	for {
		entry, err := p.Next()
		switch {
		case errors.Is(err, io.EOF):
			return s
		case err != nil:
			t.Fatalf("Prometheus cannot read it: %v", err)
		}
		switch entry {
		case textparse.EntryType:
			name, kind := p.Type()
			if _, twice := s.types[string(name)]; twice {
				t.Errorf("the metadata has %s twice", name)
			}
			s.types[string(name)] = kind
		case textparse.EntryUnit:
			name, unit := p.Unit()
			s.units[string(name)] = string(unit)
		case textparse.EntryHelp:
			name, help := p.Help()
			s.help[string(name)] = string(help)
		case textparse.EntrySeries:
			text, timestamp, value := p.Series()
			var l labels.Labels
			p.Labels(&l)
			if _, twice := s.series[l.String()]; twice || timestamp != nil {
				t.Errorf("%s: twice: %v, timestamp %v", text, twice, timestamp)
			}
			s.series[l.String()] = value
		}
	}
}

// parseOpenMetrics reads OpenMetrics with the parser of Prometheus's server.
func parseOpenMetrics(t *testing.T, text string) scraped {
	t.Helper()
	return scrape(t, textparse.NewOpenMetricsParser([]byte(text), labels.NewSymbolTable()))
}

// Prometheus's own parser takes the same series from OpenMetrics as from the text format, in
// every situation.
func TestOpenMetricsHasTheSeriesOfTheText(t *testing.T) {
	for name, situation := range situations.All {
		t.Run(strings.ReplaceAll(name, "_", " "), func(t *testing.T) {
			harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
				h.Sim.Inject(gateway.Fault{Latency: 50 * time.Millisecond}) // a histogram with values
				situation(h)
				text := h.Get().Body.String()
				got := parseOpenMetrics(t, h.Get("Accept", harness.AcceptOpenMetrics).Body.String())
				want := scrape(t, textparse.NewPromParser([]byte(text), labels.NewSymbolTable(), false))
				if diff := cmp.Diff(want.series, got.series, cmpopts.EquateNaNs()); diff != "" {
					t.Errorf("(-text +OpenMetrics):\n%s", diff)
				}
				if len(want.series) < 20 {
					t.Errorf("only %d series", len(want.series))
				}
				for name, help := range want.help {
					base := strings.TrimSuffix(strings.TrimSuffix(name, "_info"), "_total")
					if got.help[base] != help {
						t.Errorf("help of %s %q, want %q", base, got.help[base], help)
					}
				}
				checkMetadata(t, got)
			})
		})
	}
}

var metricWithUnit = regexp.MustCompile(`_(seconds|bytes|ratio|percent)$`)

// checkMetadata checks types and units by the suffixes of the samples.
func checkMetadata(t *testing.T, s scraped) {
	t.Helper()
	for series := range s.series {
		_, name, _ := strings.Cut(series, `__name__="`)
		name, _, _ = strings.Cut(name, `"`)
		base, kind := name, model.MetricTypeGauge
		for suffix, of := range map[string]model.MetricType{
			"_info": model.MetricTypeInfo, "_total": model.MetricTypeCounter,
			"_bucket": model.MetricTypeHistogram, "_sum": model.MetricTypeHistogram, "_count": model.MetricTypeHistogram,
		} {
			if cut, ok := strings.CutSuffix(name, suffix); ok {
				base, kind = cut, of
			}
		}
		if got := s.types[base]; got != kind {
			t.Errorf("%s has the type %q, want %q", base, got, kind)
		}
		unit := ""
		if found := metricWithUnit.FindStringSubmatch(base); found != nil && kind != model.MetricTypeInfo {
			unit = found[1]
		}
		if s.units[base] != unit {
			t.Errorf("%s has the unit %q, want %q", base, s.units[base], unit)
		}
		if s.help[base] == "" {
			t.Errorf("%s has no help", base)
		}
	}
}

// The shape of the text: metadata of an info, of a time and of a counter, and the end.
func TestOpenMetricsText(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		h.Add(harness.Ordinary(time.Now()))
		h.Pass(time.Second)
		w := h.Get("Accept", harness.AcceptOpenMetrics)
		text := w.Body.String()
		for _, want := range []string{
			"# TYPE aliyun_iot_ota_job info\n# HELP aliyun_iot_ota_job Properties of the batch for joins, always 1.\naliyun_iot_ota_job_info{",
			"# TYPE aliyun_iot_ota_job_status gauge\n# HELP aliyun_iot_ota_job_status ",
			"# TYPE aliyun_iot_ota_job_start_timestamp_seconds gauge\n# UNIT aliyun_iot_ota_job_start_timestamp_seconds seconds\n# HELP aliyun_iot_ota_job_start_timestamp_seconds ",
			"# TYPE aliyun_iot_ota_exporter_api_requests counter\n# HELP aliyun_iot_ota_exporter_api_requests ",
			"\naliyun_iot_ota_exporter_api_requests_total{",
			`aliyun_iot_ota_exporter_api_request_duration_seconds_bucket{account="production",operation="QueryOTAJob",le="1"} `,
		} {
			if !strings.Contains(text, want) {
				t.Errorf("no %q in\n%s", want, text)
			}
		}
		if strings.Count(text, "# EOF") != 1 || !strings.HasSuffix(text, "\n# EOF\n") {
			t.Errorf("the end is %q", text[max(0, len(text)-100):])
		}
		if strings.Contains(text, "_created{") || strings.Contains(text, "_created ") {
			t.Errorf("there is a _created series in\n%s", text)
		}
		if got := w.Header().Get("Content-Type"); !strings.HasPrefix(got, "application/openmetrics-text; version=1.0.0; charset=utf-8") {
			t.Errorf("Content-Type %q", got)
		}
	})
}

// The metrics of the Go client library are valid OpenMetrics too. It has a gauge and a counter whose
// names differ only in _total.
func TestOpenMetricsOfTheClientLibrary(t *testing.T) {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), versioncollector.NewCollector("aliyun_iot_ota_exporter"))
	handler, err := expose.NewHandler(store.New(), registry, log.NewNopLogger())
	if err != nil {
		t.Fatal(err)
	}
	text := harness.Get(handler, "Accept", harness.AcceptOpenMetrics).Body.String()
	got := parseOpenMetrics(t, text)
	for name, want := range map[string]model.MetricType{
		"go": model.MetricTypeInfo, "aliyun_iot_ota_exporter_build": model.MetricTypeInfo,
		"go_memstats_alloc_bytes": model.MetricTypeGauge, "go_memstats_alloc_bytes_total": model.MetricTypeUnknown,
		"go_memstats_mallocs": model.MetricTypeCounter, "go_gc_duration_seconds": model.MetricTypeSummary,
	} {
		if got.types[name] != want {
			t.Errorf("%s has the type %q, want %q", name, got.types[name], want)
		}
	}
	for _, sample := range []string{"\ngo_gc_duration_seconds{quantile=\"1\"} ", "\ngo_memstats_alloc_bytes_total "} {
		if !strings.Contains(text, sample) {
			t.Errorf("there is no %q, which the text format has", sample)
		}
	}
}

// Prometheus rejects an OpenMetrics text that was cut off anywhere.
func TestOpenMetricsThatBreaksOff(t *testing.T) {
	handler := harness.NewHandler(t, harness.FilledStore(t, 2))
	text := harness.Get(handler, "Accept", harness.AcceptOpenMetrics).Body.String()
	parseOpenMetrics(t, text)
	for end := 0; end < len(text)-1; end += 1 + len(text)/200 {
		p := textparse.NewOpenMetricsParser([]byte(text[:end]), labels.NewSymbolTable())
		var err error
		for err == nil {
			_, err = p.Next()
		}
		if errors.Is(err, io.EOF) {
			t.Errorf("a text of %d bytes of %d is accepted", end, len(text))
		}
	}
}
