package web

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzhttp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/config/flags"
)

// pages returns the handler of the exporter's pages, where a reload only counts.
func pages(t *testing.T, reloads *int) http.Handler {
	t.Helper()
	page := http.HandlerFunc(ok)
	return Pages{MetricsPath: "/metrics", Landing: page, Metrics: page, Jobs: page, Batch: page, JobsAPI: page, BatchAPI: page, Account: page, NotFound: http.NotFoundHandler(), NotFoundAPI: http.NotFoundHandler(), Reload: func() error { *reloads++; return nil }}.Handler()
}

// All lines of Accept-Encoding count, in any order.
func TestLinesOfAcceptEncoding(t *testing.T) {
	page := gzhttp.GzipHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, strings.Repeat("text ", 1000)) }))
	handler := Pages{MetricsPath: "/metrics", Landing: page, Metrics: page, Jobs: page, Batch: page, JobsAPI: page, BatchAPI: page, Account: page, NotFound: page, NotFoundAPI: page}.Handler()
	for want, cases := range map[string][][]string{
		"gzip": {{"gzip"}, {"gzip", "deflate"}, {"deflate", "gzip"}, {"br", "", "GZIP;q=0.5"}},
		"":     {nil, {"deflate", "br"}, {"deflate", "gzip;q=0"}},
	} {
		for _, lines := range cases {
			r := httptest.NewRequest(http.MethodGet, "/metrics", http.NoBody)
			r.Header["Accept-Encoding"] = lines
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, r)
			if got := w.Header().Get("Content-Encoding"); got != want {
				t.Errorf("%q: Content-Encoding %q, want %q", lines, got, want)
			}
		}
	}
}

// Pages accept only GET and HEAD. A reload accepts only POST, so that crawlers and prefetching
// browsers do not cause one.
func TestMethods(t *testing.T) {
	reloads := 0
	handler := pages(t, &reloads)
	for path, allowed := range map[string]string{
		"/": "GET, HEAD", "/metrics": "GET, HEAD", "/jobs": "GET, HEAD", "/jobs/": "GET, HEAD", "/jobs/a": "GET, HEAD", "/api/v1/jobs/a": "GET, HEAD", "/api/v1": "GET, HEAD", "/nothing": "GET, HEAD", "/jobs/a/b": "GET, HEAD", "/api/v1/jobs": "GET, HEAD", "/api/v1/jobs/a/b": "GET, HEAD", "/-/healthy": "GET, HEAD", "/-/ready": "GET, HEAD",
		"/favicon.ico": "GET, HEAD", "/-/reload": "POST",
	} {
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "get"} {
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, httptest.NewRequest(method, path, http.NoBody))
			accepted := method == "POST"
			if path != "/-/reload" {
				accepted = method == "GET" || method == "HEAD"
			}
			if got := w.Code == http.StatusMethodNotAllowed; got == accepted || got && w.Header().Get("Allow") != allowed {
				t.Errorf("%s %s: %d, Allow %q", method, path, w.Code, w.Header().Get("Allow"))
			}
		}
	}
	if reloads != 1 {
		t.Errorf("%d reloads, want 1 for the POST", reloads)
	}
}

// A page of another site cannot make a browser send a reload. The exporter's own pages and
// clients other than browsers can.
func TestReloadFromAnotherSite(t *testing.T) {
	for name, c := range map[string]struct {
		headers map[string]string
		want    int
	}{
		"curl":                            {nil, 200},
		"a form of the exporter itself":   {map[string]string{"Sec-Fetch-Site": "same-origin", "Origin": "http://exporter:10062"}, 200},
		"a form of another site":          {map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}, 403},
		"a form of another port":          {map[string]string{"Sec-Fetch-Site": "same-site", "Origin": "http://exporter:9090"}, 403},
		"over plain HTTP, another site":   {map[string]string{"Origin": "http://evil.example"}, 403},
		"over plain HTTP, no site":        {map[string]string{"Origin": "null"}, 403},
		"over plain HTTP, the exporter's": {map[string]string{"Origin": "http://exporter:10062"}, 200},
	} {
		t.Run(name, func(t *testing.T) {
			reloads := 0
			request := httptest.NewRequest(http.MethodPost, "http://exporter:10062/-/reload", http.NoBody)
			for header, value := range c.headers {
				request.Header.Set(header, value)
			}
			w := httptest.NewRecorder()
			pages(t, &reloads).ServeHTTP(w, request)
			if w.Code != c.want || (reloads == 1) != (c.want == 200) {
				t.Errorf("%d and %d reloads, want %d", w.Code, reloads, c.want)
			}
		})
	}
}

// A path of the metrics either works or gives an error of one line that names the flag.
func TestMetricsPath(t *testing.T) {
	for path, good := range map[string]bool{
		"/metrics": true, "/": true, "/a/b": true, "/a/": true, "/.well-known/metrics": true, "/a..b": true, "/...": true, "/jobsite": true, "/-metrics": true, "/apis": true,
		"": false, "metrics": false, "/jobs": false, "/jobs/": false, "/jobs/a": false, "/jobs/a/b": false, "/jobs/a/": false, "/api": false, "/api/v1/jobs": false, "/-/reload": false, "/-/": false, "/-": false, "/favicon.ico": false, "/{x}": false, "/a b": false, "/a?b": false, "/%61": false,
		"//": false, "//m": false, "/a//b": false, "/a//": false, "/.": false, "/./": false, "/./a": false, "/a/.": false,
		"/..": false, "/../": false, "/a/..": false, "/a/../b": false, "/../a": false,
	} {
		t.Run(path, func(t *testing.T) {
			f, _, err := flags.Parse([]string{"--web.telemetry-path=" + path}, io.Discard, io.Discard)
			if err != nil {
				t.Fatal(err)
			}
			err = CheckFlags(f)
			if !good {
				if err == nil || !strings.HasPrefix(err.Error(), "--web.telemetry-path="+path+": ") || strings.Contains(err.Error(), "\n") {
					t.Errorf("error %v, want one line that starts with the flag", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			page := http.HandlerFunc(ok)
			handler := Pages{MetricsPath: path, Landing: page, Metrics: page, Jobs: page, Batch: page, JobsAPI: page, BatchAPI: page, Account: page, NotFound: http.NotFoundHandler(), NotFoundAPI: http.NotFoundHandler()}.Handler()
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, http.NoBody))
			if w.Code != 200 || w.Body.String() != "ok\n" {
				t.Errorf("%d %q, want the metrics", w.Code, w.Body)
			}
		})
	}
}
