package harness

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/promtext"
)

// AcceptProtobuf is an Accept header that asks for protobuf.
const AcceptProtobuf = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited"

// AcceptOpenMetrics is an Accept header that asks for OpenMetrics.
const AcceptOpenMetrics = "application/openmetrics-text;version=1.0.0"

// LinesWhere returns the lines of a text for which keep returns true.
func LinesWhere(text string, keep func(line string) bool) string {
	var kept strings.Builder
	for line := range strings.Lines(text) {
		if keep(line) {
			kept.WriteString(line)
		}
	}
	return kept.String()
}

// JobFamilies returns the metrics of batches in a text exposition.
func JobFamilies(text string) string {
	return LinesWhere(text, func(line string) bool {
		name := strings.TrimPrefix(strings.TrimPrefix(line, "# HELP "), "# TYPE ")
		return strings.HasPrefix(name, "aliyun_iot_ota_job_")
	})
}

// WithoutPoll removes the metrics about polling.
func WithoutPoll(text string) string {
	return LinesWhere(text, func(line string) bool {
		return !strings.Contains(line, "aliyun_iot_ota_job_poll_") && !strings.Contains(line, "aliyun_iot_ota_job_last_") &&
			!strings.Contains(line, "aliyun_iot_ota_job_devices_error_")
	})
}

// LineOf returns the first line that contains a text, "" if there is none.
func LineOf(lines, text string) string {
	for line := range strings.Lines(lines) {
		if strings.Contains(line, text) {
			return line
		}
	}
	return ""
}

// CountSamples returns the number of samples in a text exposition.
func CountSamples(text string) int {
	return strings.Count(LinesWhere(text, func(line string) bool { return line[0] != '#' }), "\n")
}

// CheckLine checks that JobID has one sample of a metric, with these labels in addition to
// account and job_id.
func CheckLine(t *testing.T, text, metric, labels, value string) {
	t.Helper()
	sample := "aliyun_iot_ota_" + metric + `{account="production",job_id="` + JobID + `"`
	if n := strings.Count(text, "\n"+sample); n != 1 {
		t.Errorf("%d samples of %s, want 1:\n%s", n, metric, text)
	}
	if want := "\n" + sample + labels + "} " + value + "\n"; !strings.Contains(text, want) {
		t.Errorf("want%sin:\n%s", want, text)
	}
}

// Parsed returns a text exposition as Prometheus reads it, in the order of the text.
func Parsed(tb testing.TB, text string) (all []*dto.MetricFamily) {
	tb.Helper()
	byName, err := promtext.Parse(strings.NewReader(text))
	if err != nil {
		tb.Errorf("parse: %v", err)
	}
	for _, name := range promtext.Names(text) {
		all = append(all, byName[name])
	}
	return all
}

// Decode decodes an answer by its Content-Type, as Prometheus does.
func Decode(t *testing.T, w *httptest.ResponseRecorder) (all []*dto.MetricFamily) {
	t.Helper()
	if expfmt.ResponseFormat(w.Header()) != expfmt.FmtProtoDelim {
		return Parsed(t, w.Body.String())
	}
	decoder := expfmt.NewDecoder(w.Body, expfmt.FmtProtoDelim)
	for {
		mf := &dto.MetricFamily{}
		if err := decoder.Decode(mf); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Errorf("decode protobuf: %v", err)
			return all
		}
		all = append(all, mf)
	}
}

// Unzipped returns the decompressed body of an answer. It consumes w.
func Unzipped(t *testing.T, w *httptest.ResponseRecorder) *httptest.ResponseRecorder {
	t.Helper()
	z, err := gzip.NewReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	w.Body = bytes.NewBuffer(plain)
	return w
}

// CheckExposition checks that Prometheus's parser and promlint accept a text.
func CheckExposition(t *testing.T, text string) {
	t.Helper()
	Parsed(t, text)
	problems, err := promlint.New(strings.NewReader(text)).Lint()
	if err != nil {
		t.Errorf("lint: %v", err)
	}
	for _, p := range problems {
		t.Errorf("lint: %s: %s", p.Metric, p.Text)
	}
}
