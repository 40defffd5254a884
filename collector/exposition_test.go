package collector_test

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
	"github.com/prometheus/common/model"
)

// linesWhere keeps some of the lines of a text.
func linesWhere(text string, keep func(line string) bool) string {
	var kept strings.Builder
	for line := range strings.Lines(text) {
		if keep(line) {
			kept.WriteString(line)
		}
	}
	return kept.String()
}

// jobFamilies is the part of a text exposition that is about batches.
func jobFamilies(text string) string {
	return linesWhere(text, func(line string) bool {
		name := strings.TrimPrefix(strings.TrimPrefix(line, "# HELP "), "# TYPE ")
		return strings.HasPrefix(name, "aliyun_iot_ota_job_")
	})
}

// withoutPoll leaves out what is about polling.
func withoutPoll(text string) string {
	return linesWhere(text, func(line string) bool {
		return !strings.Contains(line, "aliyun_iot_ota_job_poll_") && !strings.Contains(line, "aliyun_iot_ota_job_last_")
	})
}

// lineOf is the first line that holds a text, "" if none does.
func lineOf(lines, text string) string {
	for line := range strings.Lines(lines) {
		if strings.Contains(line, text) {
			return line
		}
	}
	return ""
}

// countSamples is the number of samples in a text exposition.
func countSamples(text string) int {
	return strings.Count(linesWhere(text, func(line string) bool { return line[0] != '#' }), "\n")
}

// checkLine wants one sample of a metric for jobID, with these labels beside account
// and job_id.
func checkLine(t *testing.T, text, metric, labels, value string) {
	t.Helper()
	sample := "aliyun_iot_ota_" + metric + `{account="production",job_id="` + jobID + `"`
	if n := strings.Count(text, "\n"+sample); n != 1 {
		t.Errorf("%d samples of %s, want 1:\n%s", n, metric, text)
	}
	if want := "\n" + sample + labels + "} " + value + "\n"; !strings.Contains(text, want) {
		t.Errorf("want%sin:\n%s", want, text)
	}
}

// families are the names of the metrics in a text exposition.
func families(text string) []string {
	var names []string
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(line, "# TYPE "); ok {
			name, _, _ := strings.Cut(rest, " ")
			names = append(names, name)
		}
	}
	return names
}

// parsed is a text exposition as Prometheus reads it, in the order of the text.
func parsed(tb testing.TB, text string) (all []*dto.MetricFamily) {
	tb.Helper()
	parser := expfmt.NewTextParser(model.UTF8Validation)
	byName, err := parser.TextToMetricFamilies(strings.NewReader(text))
	if err != nil {
		tb.Errorf("parse: %v", err)
	}
	for _, name := range families(text) {
		all = append(all, byName[name])
	}
	return all
}

// decode reads an answer by its Content-Type, as Prometheus does.
func decode(t *testing.T, w *httptest.ResponseRecorder) (all []*dto.MetricFamily) {
	t.Helper()
	if expfmt.ResponseFormat(w.Header()) != expfmt.FmtProtoDelim {
		return parsed(t, w.Body.String())
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

// unzipped is an answer as it was before compression. It empties w.
func unzipped(t *testing.T, w *httptest.ResponseRecorder) *httptest.ResponseRecorder {
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

// checkExposition wants Prometheus's parser and promlint to accept a text.
func checkExposition(t *testing.T, text string) {
	t.Helper()
	parsed(t, text)
	problems, err := promlint.New(strings.NewReader(text)).Lint()
	if err != nil {
		t.Errorf("lint: %v", err)
	}
	for _, p := range problems {
		t.Errorf("lint: %s: %s", p.Metric, p.Text)
	}
}
