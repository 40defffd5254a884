package expose

import (
	"bytes"
	"io"
	"regexp"
	"slices"
	"strings"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
)

// units are the units that names end with.
var units = []string{"seconds", "bytes", "ratio", "percent"}

// suffixes are those of the samples of a type that the name in the metadata does not have.
var suffixes = map[string]string{"info": "_info", "counter": "_total"}

// endOfMetrics ends an OpenMetrics text. Without it the scraper rejects the whole text, so an
// answer that breaks off is never stored in part.
const endOfMetrics = "# EOF\n"

// appendMetadata appends the lines that OpenMetrics has before the samples of a metric.
func appendMetadata(b []byte, name, kind, help string) []byte {
	if kind == "gauge" && strings.HasSuffix(name, "_info") {
		kind = "info"
	}
	name = strings.TrimSuffix(name, suffixes[kind])
	b = append(b, "# TYPE "+name+" "+kind+"\n"...)
	if unit := name[strings.LastIndexByte(name, '_')+1:]; slices.Contains(units, unit) && kind != "info" {
		b = append(b, "# UNIT "+name+" "+unit+"\n"...)
	}
	b = append(b, "# HELP "+name+" "...)
	return append(appendEscaped(b, help), '\n')
}

// openMetricsEncoder encodes the metrics of the exporter itself. It completes expfmt, which
// knows neither the type info nor units from names.
type openMetricsEncoder struct {
	w     io.Writer
	text  bytes.Buffer // reused
	names map[string]bool
}

// floatLabel matches the labels whose values are numbers. In a value, a quote follows a backslash,
// so the pattern does not match there.
var floatLabel = regexp.MustCompile(`([{,](?:le|quantile)="\d+)\.0"`)

// Encode implements [expfmt.Encoder].
func (e *openMetricsEncoder) Encode(mf *dto.MetricFamily) error {
	e.text.Reset()
	if _, err := expfmt.MetricFamilyToOpenMetrics(&e.text, mf); err != nil {
		return err
	}
	samples, kind := e.text.Bytes(), ""
	for bytes.HasPrefix(samples, []byte("# ")) {
		line, rest, _ := bytes.Cut(samples, []byte("\n"))
		if bytes.HasPrefix(line, []byte("# TYPE ")) {
			kind = string(line[bytes.LastIndexByte(line, ' ')+1:])
		}
		samples = rest
	}
	if kind == "histogram" || kind == "summary" {
		// Prometheus 2 takes le="1.0" for another series than le="1", which the text format has.
		samples = floatLabel.ReplaceAll(samples, []byte(`$1"`))
	}
	// The Go collector has go_memstats_alloc_bytes, a gauge, and go_memstats_alloc_bytes_total. Without
	// its suffix the counter would have the name of the gauge, and a name must not occur twice.
	if kind == "counter" && e.names[strings.TrimSuffix(mf.GetName(), suffixes[kind])] {
		kind = "unknown"
	}
	e.names[mf.GetName()] = true
	if _, err := e.w.Write(appendMetadata(nil, mf.GetName(), kind, mf.GetHelp())); err != nil {
		return err
	}
	_, err := e.w.Write(samples)
	return err
}

// Close writes the end of the text. It implements [expfmt.Closer].
func (e *openMetricsEncoder) Close() error {
	_, err := io.WriteString(e.w, endOfMetrics)
	return err
}
