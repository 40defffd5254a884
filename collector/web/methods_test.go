package web

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// pages are those of the exporter, with a counter of its reloads.
func pages(t *testing.T, reloads *int) http.Handler {
	t.Helper()
	page := http.HandlerFunc(ok)
	handler, err := Pages{Name: "exporter", MetricsPath: "/metrics", Metrics: page, Jobs: page, Reload: func() error { *reloads++; return nil }}.Handler()
	if err != nil {
		t.Fatal(err)
	}
	return handler
}

// Pages are read, and a reload is asked for, by the methods that say so.
func TestMethods(t *testing.T) {
	reloads := 0
	handler := pages(t, &reloads)
	for path, allowed := range map[string]string{
		"/": "GET, HEAD", "/metrics": "GET, HEAD", "/jobs": "GET, HEAD", "/-/healthy": "GET, HEAD", "/-/ready": "GET, HEAD",
		"/favicon.ico": "GET, HEAD", "/-/reload": "POST",
	} {
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "get"} {
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, httptest.NewRequest(method, path, http.NoBody))
			may := method == "POST"
			if path != "/-/reload" {
				may = method == "GET" || method == "HEAD"
			}
			if got := w.Code == http.StatusMethodNotAllowed; got == may || got && w.Header().Get("Allow") != allowed {
				t.Errorf("%s %s: %d, Allow %q", method, path, w.Code, w.Header().Get("Allow"))
			}
		}
	}
	if reloads != 1 {
		t.Errorf("%d reloads, want that of the one POST", reloads)
	}
}
