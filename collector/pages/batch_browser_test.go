package pages_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/printable"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/exportertest"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/web"
)

// In a browser a reader goes from the list to a batch and back to the same selection, reads the
// page in both colour schemes and on a phone, and opens the same as JSON.
func TestBatchInBrowser(t *testing.T) {
	t.Parallel()
	e := exportertest.Start(t, "--demo", "--web.grafana-url=https://grafana.example/d/x?var-job_id={job_id}")
	e.AwaitBatches([]string{stuckBatch, "HvKuBpuk3rdk6E92CP00130000"})
	e.Await("/jobs/partner/HvKuBpuk3rdk6E92CP00130000", "Failed devices")
	b := openBrowser(t)
	b.do(chromedp.EmulateViewport(1400, 900), chromedp.Navigate(e.URLs[0]+"/jobs?text=Stuck&status=IN_PROGRESS"))
	b.test("from the list to a batch and back", func(t *testing.T) {
		list := b.value("location.href")
		b.follow(`tbody th a`)
		if got := b.value(`document.querySelector("main code").textContent`); got != stuckBatch {
			t.Errorf("the link leads to batch %q, %s", got, b.value("location.href"))
		}
		if got := b.value(`document.querySelector('nav a[href^="https://grafana.example"]').href`); got != "https://grafana.example/d/x?var-job_id="+stuckBatch {
			t.Errorf("the link to Grafana is %q", got)
		}
		b.follow(`nav a[href^="../../jobs"]`)
		if got, want := b.value("[...new URL(location.href).searchParams].sort().join()"), "status,IN_PROGRESS,text,Stuck"; got != want {
			t.Errorf("back at %s with the parameters %s, want %s of %s", b.value("location.href"), got, want, list)
		}
	})
	page := e.URLs[0] + "/jobs/partner/HvKuBpuk3rdk6E92CP00130000"
	b.test("readable in light and dark", func(t *testing.T) {
		for _, name := range []string{"light", "dark"} {
			b.do(colours(name), chromedp.Navigate(page))
			if got := b.value(faint); got != "" {
				t.Errorf("%s: contrast below 4.5 to 1: %s", name, got)
			}
		}
	})
	b.test("the style sheet applies", func(t *testing.T) {
		if got := b.value(`getComputedStyle(document.querySelector("main")).display`); got != "grid" {
			t.Errorf("display is %s", got)
		}
	})
	b.test("a phone shows it without scrolling sideways", func(t *testing.T) {
		b.do(chromedp.EmulateViewport(390, 740, chromedp.EmulateMobile), chromedp.Navigate(page))
		if got := b.value(`document.documentElement.scrollWidth`); got != "390" {
			t.Errorf("the page is %s pixels wide", got)
		}
		if got := b.value(roleless); got != "" {
			t.Errorf("these are no parts of a table for some browsers: %s", got)
		}
	})
	b.test("the same as JSON", func(t *testing.T) {
		b.follow(`nav a[href*="api/v1"]`)
		if got := b.value("location.pathname"); got != "/api/v1/jobs/partner/HvKuBpuk3rdk6E92CP00130000" {
			t.Errorf("the link leads to %s", got)
		}
	})
	b.checkConsole()
}

// Ids and texts of any kind lead to their page in a browser, and are text there.
func TestHostileBatchInBrowser(t *testing.T) {
	t.Parallel()
	b := openBrowser(t)
	for _, text := range append(hostileTexts, strings.Repeat("W", 200)) {
		states := troubled(text, text, text)
		nothing := http.NotFoundHandler()
		handler := web.Pages{
			MetricsPath: "/metrics", Landing: nothing, Metrics: nothing, JobsAPI: nothing, BatchAPI: nothing, Account: nothing, NotFound: nothing, NotFoundAPI: nothing,
			Jobs: harness.SiteOfStore(states).Jobs(), Batch: harness.SiteOfStore(states).Batch(),
		}.Handler()
		server := httptest.NewServer(handler)
		b.do(chromedp.EmulateViewport(1400, 900), chromedp.Navigate(server.URL+"/jobs"))
		if got := b.value(`document.documentElement.scrollWidth`); got != "1400" {
			t.Errorf("%.20q: the list is %s pixels wide", text, got)
		}
		b.follow(`tbody th a`)
		want := strings.Join(strings.Fields(printable.Text(text)), " ")
		if got := b.value(`document.querySelector("h1 bdi").textContent`); strings.Join(strings.Fields(got), " ") != want {
			t.Errorf("%q: the heading of %s is %q", text, b.value("location.href"), got)
		}
		if got := b.value(`document.querySelectorAll("script, img, iframe").length`); got != "0" {
			t.Errorf("%q: the page has %s elements made from text", text, got)
		}
		b.follow(`nav a[href^="../../jobs"]`)
		if got := b.value("location.pathname"); got != "/jobs" {
			t.Errorf("%q: the way back leads to %s", text, got)
		}
		server.Close()
	}
	b.checkConsole()
}
