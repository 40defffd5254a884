package pages_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"golang.org/x/net/html"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
)

// An address without a page has one that leads back, at any depth.
func TestNotFound(t *testing.T) {
	handler := harness.SiteOfStore(store.New()).NotFound()
	for path, root := range map[string]string{"/nothing": "./", "/a/b": "./../", "/api/v1/b/": "./../../../", "/a%2Fb": "./", "*": "./"} {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, http.NoBody))
		doc, err := html.Parse(w.Body)
		if err != nil || w.Code != http.StatusNotFound {
			t.Fatal(w.Code, err)
		}
		links := harness.Elements(harness.Elements(doc, "main")[0], "a")
		if got := harness.Attribute(links[0], "href"); got != root+"jobs" {
			t.Errorf("%s leads to %s, want %sjobs", path, got, root)
		}
		if got := harness.Attribute(links[1], "href"); got != root {
			t.Errorf("%s leads to %s, want %s", path, got, root)
		}
	}
}
