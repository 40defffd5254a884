package web

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// A page of another site cannot have its reader's browser ask for a reload;
// scripts, and whoever sits before the exporter, can.
func TestReloadFromAnotherSite(t *testing.T) {
	for name, c := range map[string]struct {
		headers map[string]string
		want    int
	}{
		"curl":                            {nil, 200},
		"a form of the exporter itself":   {map[string]string{"Sec-Fetch-Site": "same-origin", "Origin": "http://exporter:10062"}, 200},
		"a form of another site":          {map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}, 403},
		"a form of the next port":         {map[string]string{"Sec-Fetch-Site": "same-site", "Origin": "http://exporter:9090"}, 403},
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
