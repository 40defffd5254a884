package pages_test

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/api"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/web"
)

// Behind a proxy that serves the exporter in a folder, every link leads to a page of the
// exporter.
func TestLinksBehindAProxy(t *testing.T) {
	filled := harness.FilledStore(t, 120)
	site := harness.SiteOfStore(filled)
	jobsAPI, jobAPI := api.Handlers(site)
	handler := web.Pages{
		MetricsPath: "/exporter/metrics",
		Landing:     site.Landing("aliyun_iot_ota_exporter", "/exporter/metrics"),
		Metrics:     http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}),
		Jobs:        site.Jobs(),
		Batch:       site.Batch(),
		JobsAPI:     jobsAPI,
		BatchAPI:    jobAPI,
		Account:     site.Account(),
		NotFound:    site.NotFound(),
		NotFoundAPI: api.NotFound(),
	}.Handler()
	exporter := httptest.NewServer(handler)
	defer exporter.Close()
	target, err := url.Parse(exporter.URL)
	if err != nil {
		t.Fatal(err)
	}
	const folder = "/ota/exporter"
	proxy := httptest.NewServer(http.StripPrefix(folder, httputil.NewSingleHostReverseProxy(target)))
	defer proxy.Close()

	seen := map[string]bool{}
	for open := []string{proxy.URL + folder + "/"}; len(open) > 0; open = open[1:] {
		if seen[open[0]] {
			continue
		}
		seen[open[0]] = true
		response, err := http.Get(open[0])
		if err != nil {
			t.Fatal(err)
		}
		if response.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", open[0], response.Status)
		}
		if !strings.HasPrefix(response.Header.Get("Content-Type"), "text/html") {
			response.Body.Close()
			continue
		}
		root, err := html.Parse(response.Body)
		response.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range harness.Elements(root, "a") {
			link, err := response.Request.URL.Parse(harness.Attribute(a, "href"))
			if err != nil {
				t.Fatal(err)
			}
			link.Fragment = ""
			if link.RawQuery != "page=2" { // one page for each order and filter would be too many
				link.RawQuery = ""
			}
			switch at := link.String(); {
			case strings.HasPrefix(at, proxy.URL+folder+"/"):
				open = append(open, at)
			case !strings.HasPrefix(at, "https://github.com/"): // runbooks
				t.Errorf("%s: a link leads to %s", open[0], at)
			}
		}
	}
	for _, want := range []string{"/", "/jobs", "/exporter/metrics", "/-/healthy", "/jobs?page=2", "/jobs/production/" + harness.FillJobID(1), "/api/v1/jobs/production/" + harness.FillJobID(1)} {
		if !seen[proxy.URL+folder+want] {
			t.Errorf("no link leads to %s", want)
		}
	}
}
