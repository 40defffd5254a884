package promtext

import (
	"io"
	"strings"
	"testing"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// Parse parses a text exposition as Prometheus does. The metrics are by name.
func Parse(text io.Reader) (map[string]*dto.MetricFamily, error) {
	parser := expfmt.NewTextParser(model.UTF8Validation)
	return parser.TextToMetricFamilies(text)
}

// Read is Parse for a text that must be valid.
func Read(tb testing.TB, text io.Reader) map[string]*dto.MetricFamily {
	tb.Helper()
	families, err := Parse(text)
	if err != nil {
		tb.Fatalf("Prometheus cannot read it: %v", err)
	}
	return families
}

// Names returns the names of the metrics in a text exposition, in its order.
func Names(text string) (names []string) {
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(line, "# TYPE "); ok {
			name, _, _ := strings.Cut(rest, " ")
			names = append(names, name)
		}
	}
	return names
}
