package expose

import (
	"net/http"
	"testing"

	"github.com/prometheus/common/expfmt"
)

const (
	text        = "text/plain; version=0.0.4; charset=utf-8; escaping="
	openMetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping="
	protobuf    = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; escaping="
)

// What scrapers send gives the same as expfmt's negotiation. The headers of Prometheus are those
// of its scrape.acceptHeader.
func TestNegotiationOfScrapers(t *testing.T) {
	const asked = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited"
	for name, c := range map[string]struct{ accept, want string }{
		"Prometheus 2.42":                           {"application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", openMetrics + "underscores"},
		"Prometheus 2.42 with native histograms":    {asked + ",application/openmetrics-text;version=1.0.0;q=0.8,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", protobuf + "underscores"},
		"Prometheus 2.53":                           {"application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2", openMetrics + "underscores"},
		"Prometheus 3":                              {"application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2", openMetrics + "allow-utf-8"},
		"Prometheus 3 with native histograms":       {asked + ";q=0.6,application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1", protobuf + "underscores"},
		"Prometheus 3 with the escaping of 2":       {"application/openmetrics-text;version=1.0.0;escaping=underscores;q=0.6,text/plain;version=0.0.4;q=0.3,*/*;q=0.2", openMetrics + "underscores"},
		"Prometheus 3 that escapes values":          {"application/openmetrics-text;version=1.0.0;escaping=values;q=0.6,*/*;q=0.2", openMetrics + "values"},
		"Prometheus 3 with text 0.0.4 alone":        {"text/plain;version=0.0.4;q=0.6,*/*;q=0.5", text + "underscores"},
		"Prometheus 3 with text 1.0.0 alone":        {"text/plain;version=1.0.0;escaping=allow-utf-8;q=0.6,*/*;q=0.5", text + "underscores"},
		"Prometheus 3 with OpenMetrics 0.0.1 alone": {"application/openmetrics-text;version=0.0.1;q=0.6,*/*;q=0.5", text + "underscores"},
		"Prometheus 3 with text preferred":          {"text/plain;version=0.0.4;q=0.6,application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,*/*;q=0.4", text + "underscores"},
		"Prometheus 2.5":                            {"application/openmetrics-text; version=0.0.1,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", text + "underscores"},
		"Prometheus 1":                              {"application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.7,text/plain;version=0.0.4;q=0.3,*/*;q=0.1", protobuf + "underscores"},
		"vmagent":                                   {"text/plain;version=0.0.4;q=1,*/*;q=0.1", text + "underscores"},
		"curl":                                      {"*/*", text + "underscores"},
		"nothing":                                   {"", text + "underscores"},
		"a browser":                                 {"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8", text + "underscores"},
	} {
		t.Run(name, func(t *testing.T) {
			h := http.Header{}
			if c.accept != "" {
				h.Set("Accept", c.accept)
			}
			got := negotiate(h)
			if string(got) != c.want {
				t.Errorf("%s\nwant %s", got, c.want)
			}
			theirs := expfmt.NegotiateAccept(h, expfmt.FmtProtoDelim, expfmt.FmtOpenMetrics_1_0_0, expfmt.FmtText)
			if theirs.FormatType() != got.FormatType() || theirs.ToEscapingScheme() != got.ToEscapingScheme() {
				t.Errorf("%s, but expfmt returns %s", got, theirs)
			}
		})
	}
}

// Any header is read as RFC 9110 defines it.
func TestNegotiationOfAnyHeader(t *testing.T) {
	const asked = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited"
	for name, c := range map[string]struct {
		accept []string // header lines
		want   string
	}{
		"names in any case":             {[]string{"APPLICATION/OpenMetrics-Text; VERSION=1.0.0; Escaping=Dots"}, openMetrics + "dots"},
		"blanks and tabs":               {[]string{" \tapplication/openmetrics-text \t; version=1.0.0 ;\tq=0.5 \t,  text/plain;q=0.4"}, openMetrics + "underscores"},
		"values in quotes":              {[]string{`application/openmetrics-text;version="1.0.0";q="0.5",text/plain;q=0.4`}, openMetrics + "underscores"},
		"a comma in quotes":             {[]string{`text/html;a="x,text/plain;b=\",c",application/openmetrics-text;version=1.0.0`}, openMetrics + "underscores"},
		"several lines":                 {[]string{"text/plain;q=0.4", "application/openmetrics-text;version=1.0.0;q=0.5"}, openMetrics + "underscores"},
		"the order with equal weights":  {[]string{"application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4"}, openMetrics + "underscores"},
		"the other order":               {[]string{"text/plain;version=0.0.4,application/openmetrics-text;version=1.0.0"}, text + "underscores"},
		"a weight of zero":              {[]string{"text/plain;q=0,application/openmetrics-text;version=1.0.0;q=0.1"}, openMetrics + "underscores"},
		"zero with decimals":            {[]string{"text/plain;q=0.000,*/*;q=0.1"}, openMetrics + "underscores"},
		"zero for OpenMetrics":          {[]string{"application/openmetrics-text;version=1.0.0;q=0,*/*"}, text + "underscores"},
		"zero for all but protobuf":     {[]string{"*/*;q=0," + asked}, protobuf + "underscores"},
		"zero for all":                  {[]string{"*/*;q=0"}, text + "underscores"},
		"nothing that there is":         {[]string{"text/html, image/png"}, text + "underscores"},
		"any text":                      {[]string{"text/*"}, text + "underscores"},
		"any application":               {[]string{"application/*, text/plain;q=0.5"}, openMetrics + "underscores"},
		"a range in upper case":         {[]string{"TEXT/*;Q=0.5, Application/OpenMetrics-Text;version=1.0.0;Q=0.4"}, text + "underscores"},
		"a named one before a wildcard": {[]string{"*/*, application/openmetrics-text;version=1.0.0"}, openMetrics + "underscores"},
		"the most specific weight":      {[]string{"text/plain;q=0.9, text/plain;version=0.0.4;q=0.1, application/openmetrics-text;version=1.0.0;q=0.5"}, openMetrics + "underscores"},
		"a wildcard of one star":        {[]string{"*;q=0.5"}, text + "underscores"},
		"text without a version":        {[]string{"text/plain, */*;q=0.1"}, text + "underscores"},
		"text in another charset":       {[]string{"text/plain;charset=iso-8859-1"}, text + "underscores"},
		"OpenMetrics of the draft":      {[]string{"application/openmetrics-text;version=0.0.1"}, text + "underscores"},
		"OpenMetrics of no version":     {[]string{"application/openmetrics-text"}, text + "underscores"},
		"OpenMetrics of the future":     {[]string{"application/openmetrics-text;version=2.0.0, application/openmetrics-text;version=1.0.0;q=0.5"}, openMetrics + "underscores"},
		"protobuf as text":              {[]string{"application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=text"}, text + "underscores"},
		"protobuf of something else":    {[]string{"application/vnd.google.protobuf;proto=other;encoding=delimited"}, text + "underscores"},
		"an unknown escaping":           {[]string{"application/openmetrics-text;version=1.0.0;escaping=emoji"}, openMetrics + "underscores"},
		"the escaping of another range": {[]string{"application/openmetrics-text;version=1.0.0;q=0.5,text/plain;escaping=dots;q=0.4"}, openMetrics + "underscores"},
		"a weight that is none":         {[]string{"text/plain;q=much, application/openmetrics-text;version=1.0.0;q=0.1"}, openMetrics + "underscores"},
		"a weight above one":            {[]string{"text/plain;q=7, application/openmetrics-text;version=1.0.0;q=0.1"}, openMetrics + "underscores"},
		"a negative weight":             {[]string{"text/plain;q=-1, application/openmetrics-text;version=1.0.0;q=0.1"}, openMetrics + "underscores"},
		"a weight that is no number":    {[]string{"text/plain;q=NaN, application/openmetrics-text;version=1.0.0;q=0.1"}, openMetrics + "underscores"},
		"a parameter twice":             {[]string{"text/plain;version=0.0.4;version=1, application/openmetrics-text;version=1.0.0;q=0.1"}, openMetrics + "underscores"},
		"nonsense among ranges":         {[]string{";;q=,/,text,,*/plain, application/openmetrics-text;version=1.0.0;q=0.1"}, openMetrics + "underscores"},
		"only nonsense":                 {[]string{"\",;=/\x00"}, text + "underscores"},
		"empty lines":                   {[]string{"", ",", "application/openmetrics-text;version=1.0.0"}, openMetrics + "underscores"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := negotiate(http.Header{"Accept": c.accept}); string(got) != c.want {
				t.Errorf("%q: %s\nwant %s", c.accept, got, c.want)
			}
		})
	}
}
