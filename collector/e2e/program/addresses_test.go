package program_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/exportertest"
)

// twoAccounts have a batch with the same ID.
const twoAccounts = `accounts:
  - name: production
    endpoint: http://127.0.0.1:9
    credentials: {access_key_id: LTAIa, access_key_secret: x}
    instances: [{jobs: [both, one]}]
  - name: 合作 伙伴/1
    endpoint: http://127.0.0.1:9
    credentials: {access_key_id: LTAIb, access_key_secret: x}
    instances: [{jobs: [both, two]}]
`

// Addresses that people type lead to what they mean, also behind a proxy that serves the exporter
// in a folder. Others are an error in the format of their neighbours.
func TestTypedAddresses(t *testing.T) {
	e := exportertest.Start(t, "--config.file="+exportertest.TempFile(t, "config.yml", twoAccounts))
	target, err := url.Parse(e.URLs[0])
	if err != nil {
		t.Fatal(err)
	}
	proxy := httptest.NewServer(http.StripPrefix("/ota", httputil.NewSingleHostReverseProxy(target)))
	defer proxy.Close()
	const partner = "%E5%90%88%E4%BD%9C%20%E4%BC%99%E4%BC%B4%2F1" // as a path has it
	const inQuery = "%E5%90%88%E4%BD%9C+%E4%BC%99%E4%BC%B4%2F1"

	for typed, c := range map[string]struct {
		at     string // where it leads to; "": it stays
		status int
		has    string // in the answer
	}{
		"/jobs":                      {"", 200, "both"},
		"/jobs/":                     {"/jobs", 200, "both"},
		"/jobs/?status=planned":      {"/jobs?status=planned", 200, ""},
		"/jobs?status=no_data":       {"", 200, "both"},
		"/jobs?status=running":       {"", 400, "want one of [PLANNED IN_PROGRESS COMPLETED CANCELED NO_DATA]"},
		"/jobs/production":           {"/jobs?account=production", 200, "one"},
		"/jobs/production/":          {"/jobs?account=production", 200, "one"},
		"/jobs/production?lang=zh":   {"/jobs?account=production&lang=zh", 200, "批次"},
		"/jobs/" + partner:           {"/jobs?account=" + inQuery, 200, "two"},
		"/jobs/both":                 {"/jobs?text=both", 200, "production"},
		"/jobs/two":                  {"/jobs/" + partner + "/two", 200, "two"},
		"/jobs/nothing":              {"/jobs?account=nothing", 200, "None of the 4 batches matches"},
		"/jobs/production/both/":     {"/jobs/production/both", 200, "both"},
		"/jobs/production/two":       {"", 404, "does not watch batch"},
		"/jobs/production/both/x":    {"", 404, "There is no page at this address"},
		"/jobs/" + partner + "/both": {"", 200, "both"},
		"/jobs/%25E5%2590%2588%25E4%25BD%259C%2520%25E4%25BC%2599%25E4%25BC%25B4%252F1/both":    {"", 200, "both"},
		"/jobs?account=%25E5%2590%2588%25E4%25BD%259C%2520%25E4%25BC%2599%25E4%25BC%25B4%252F1": {"", 200, "two"},
		"/jobs?state=PLANNED":                         {"", 400, "unknown parameter"},
		"/metrics/":                                   {"/metrics", 200, "# HELP"},
		"/-/healthy/":                                 {"/-/healthy", 200, "ok"},
		"/api":                                        {"", 404, `{"error":"there is nothing at this address: want /api/v1/jobs or `},
		"/api/v1/":                                    {"", 404, `{"error":"there is nothing at this address: want /api/v1/jobs or `},
		"/api/v2/jobs":                                {"", 404, `{"error":"there is nothing at this address: want /api/v1/jobs or `},
		"/api/v1/jobs/":                               {"/api/v1/jobs", 200, `"found":4`},
		"/api/v1/jobs?status=NO_data":                 {"", 200, `"found":4`},
		"/api/v1/jobs?status=running":                 {"", 400, `{"error":"status=\"running\": want one of [PLANNED IN_PROGRESS COMPLETED CANCELED NO_DATA]"}`},
		"/api/v1/jobs?format=CSV":                     {"", 200, "account,"},
		"/api/v1/jobs/production":                     {"/api/v1/jobs?account=production", 200, `"found":2`},
		"/api/v1/jobs/production/":                    {"/api/v1/jobs?account=production", 200, `"found":2`},
		"/api/v1/jobs/both":                           {"/api/v1/jobs?text=both", 200, `"found":2`},
		"/api/v1/jobs/two":                            {"/api/v1/jobs/" + partner + "/two", 200, `"job_id":"two"`},
		"/api/v1/jobs/production/both/":               {"/api/v1/jobs/production/both", 200, `"job_id":"both"`},
		"/api/v1/jobs/production/both?format=csv":     {"", 400, "one batch takes only lang"},
		"/api/v1/jobs/production/nothing":             {"", 404, `{"error":"the exporter does not watch job`},
		"/api/v1/jobs/" + strings.Repeat("x", 20_000): {"/api/v1/jobs?account=" + strings.Repeat("x", 20_000), 400, "bytes long"},
	} {
		if c.at == "" {
			c.at = typed
		}
		at, status, body := open(t, http.MethodGet, proxy.URL+"/ota"+typed)
		if at != "/ota"+c.at || status != c.status || !strings.Contains(body, c.has) {
			t.Errorf("%.200s leads to %.200s: %d %.300s\nwant %.200s: %d with %s", typed, at, status, body, c.at, c.status, c.has)
		}
		at, status, body = open(t, http.MethodHead, proxy.URL+"/ota"+typed)
		if at != "/ota"+c.at || status != c.status || body != "" {
			t.Errorf("HEAD %.200s leads to %.200s: %d %.300s\nwant %.200s: %d", typed, at, status, body, c.at, c.status)
		}
	}
}

// open follows an address to its end and returns the path and the parameters there.
func open(t *testing.T, method, address string) (at string, status int, body string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, address, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.Request.URL.RequestURI(), response.StatusCode, string(text)
}
