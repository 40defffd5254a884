package expose_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
)

// Values of the Accept header that scrapers send.
const (
	acceptPrometheus2 = "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
	acceptPrometheus3 = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1"
)

func TestContentNegotiation(t *testing.T) {
	text, protobuf, openMetrics := string(expfmt.FmtText), string(expfmt.FmtProtoDelim), string(expfmt.FmtOpenMetrics_1_0_0)
	for name, c := range map[string]struct{ accept, want string }{
		"no Accept":    {"", text},
		"curl":         {"*/*", text},
		"a browser":    {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", text},
		"Prometheus 2": {acceptPrometheus2, openMetrics},
		"Prometheus 2 that wants native histograms": {harness.AcceptProtobuf + "," + acceptPrometheus2, protobuf},
		"Prometheus 3": {acceptPrometheus3, openMetrics},
		"Prometheus 3 that wants native histograms": {harness.AcceptProtobuf + ";escaping=allow-utf-8;q=0.6," + acceptPrometheus3, protobuf},
		"text preferred to protobuf":                {harness.AcceptProtobuf + ";q=0.1,text/plain", text},
		"text preferred to OpenMetrics":             {"application/openmetrics-text;version=1.0.0;q=0.1,text/plain", text},
		"OpenMetrics of the draft, not served":      {"application/openmetrics-text;version=0.0.1", text},
		"OpenMetrics of no version, not served":     {"application/openmetrics-text", text},
		"OpenMetrics of a future version":           {"application/openmetrics-text;version=9", text},
		"a future version of the text format":       {"text/plain;version=9", text},
		"nonsense":                                  {";;q=,/,text", text},
	} {
		t.Run(name, func(t *testing.T) {
			harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
				h.Sim.Inject(gateway.Fault{Latency: 50 * time.Millisecond})
				h.Add(harness.Ordinary(time.Now()))
				h.Pass(time.Second)
				w := h.Get("Accept", c.accept)
				if got := w.Header().Get("Content-Type"); w.Code != http.StatusOK || !strings.HasPrefix(got, c.want) {
					t.Fatalf("status %d, Content-Type %q, want %q", w.Code, got, c.want)
				}
				if c.want == openMetrics {
					checkMetadata(t, parseOpenMetrics(t, w.Body.String()))
					return
				}
				got := map[string]*dto.MetricFamily{}
				for _, mf := range harness.Decode(t, w) {
					got[mf.GetName()] = mf
				}
				info := got["aliyun_iot_ota_job_info"]
				duration := got["aliyun_iot_ota_exporter_api_request_duration_seconds"]
				if info == nil || duration == nil {
					t.Fatalf("families %v", got)
				}
				h0 := duration.Metric[0].Histogram
				if len(h0.Bucket) == 0 {
					t.Error("no classic buckets")
				}
				if native := len(h0.PositiveSpan) > 0; native != (c.want == protobuf) {
					t.Errorf("native histogram: %v", native)
				}
			})
		})
	}
}

func TestCompression(t *testing.T) {
	handler := harness.NewHandler(t, harness.FilledStore(t, 20))
	for name, c := range map[string]struct{ accept, want string }{
		"gzip":             {"gzip", "gzip"},
		"a browser":        {"gzip, deflate, br", "gzip"},
		"identity":         {"identity", ""},
		"no header":        {"", ""},
		"gzip refused":     {"gzip;q=0", ""},
		"only unsupported": {"br", ""},

		"in capitals":                     {"GZIP", "gzip"},
		"with blanks":                     {" br ;q=1 ,\tgzip ; q=0.5", "gzip"},
		"refused with decimals":           {"gzip;q=0.000, identity", ""},
		"refused in capitals":             {"GZip;Q=0", ""},
		"gzip refused, all else accepted": {"gzip;q=0, *", ""},
		"only zstd":                       {"zstd", ""},
		"zstd preferred":                  {"zstd, gzip;q=0.5", "gzip"},
		"identity refused":                {"identity;q=0, gzip", "gzip"},
		"anything":                        {"*", ""},
		"a name that begins alike":        {"gzippy", ""},
		"nonsense":                        {";q=,,", ""},
	} {
		for _, accept := range []string{"", harness.AcceptProtobuf, harness.AcceptOpenMetrics} {
			t.Run(name+" "+accept, func(t *testing.T) {
				plain := harness.Get(handler, "Accept", accept).Body.String()
				w := harness.Get(handler, "Accept-Encoding", c.accept, "Accept", accept)
				if got := w.Header().Get("Content-Encoding"); got != c.want {
					t.Fatalf("Content-Encoding %q, want %q", got, c.want)
				}
				if got := w.Header().Values("Vary"); !slices.Equal(got, []string{"Accept-Encoding", "Accept"}) {
					t.Errorf("Vary %q", got)
				}
				if c.want == "gzip" {
					w = harness.Unzipped(t, w)
				}
				if w.Body.String() != plain {
					t.Error("the body differs from the uncompressed one")
				}
			})
		}
	}
}

func TestScrapeMakesNoCall(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		h.Add(harness.Ordinary(time.Now()))
		h.Sim.Inject(gateway.Fault{JobID: "hangs", Kind: gateway.Hang})
		h.Watch("hangs")
		h.Pass(time.Second)
		before := h.Calls(aliyun.OpQueryOTAJob)
		for range 100 {
			h.Scrape()
			h.Get("Accept", harness.AcceptProtobuf)
		}
		if after := h.Calls(aliyun.OpQueryOTAJob); after != before || before == 0 {
			t.Errorf("%d calls before, %d after", before, after)
		}
	})
}

// The answer to HEAD is that to GET without the body.
func TestHead(t *testing.T) {
	server := httptest.NewServer(harness.NewHandler(t, harness.FilledStore(t, 20)))
	defer server.Close()
	response, err := http.Head(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || len(body) > 0 || response.StatusCode != http.StatusOK || !strings.HasPrefix(response.Header.Get("Content-Type"), "text/plain") {
		t.Errorf("status %s, %v, %d bytes, error %v", response.Status, response.Header, len(body), err)
	}
}
