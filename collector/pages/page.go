package pages

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"net/http"
	"slices"
	"time"

	"github.com/klauspost/compress/gzhttp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/printable"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/poll"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/web"
)

//go:embed page.css
var pageCSS template.CSS

//go:embed page.html
var pageHTML string

var pageTemplate = template.Must(template.New("page").Funcs(template.FuncMap{
	"css":   func() template.CSS { return pageCSS },
	"text":  pageText,
	"class": statusClass,
}).Parse(pageHTML))

// maxText is how much of a text of the API stands on the page, in bytes. Those that the
// console lets people write are shorter.
const maxText = 1 << 10

// pageText is a text of the API or the configuration as the page shows it: a bidirectional
// control could otherwise change the order of what stands around it, and end a <bdi>.
func pageText(text any) string {
	s, _ := text.(string)
	if p, ok := text.(*string); ok && p != nil {
		s = *p
	}
	return printable.Text(printable.Shorten(s, maxText))
}

// statusClass is the class of a status in the style sheet, "" where that knows none.
func statusClass(status string) string {
	if slices.Contains(aliyun.Statuses, status) || slices.Contains(aliyun.TaskStatuses, status) || status == noData {
		return status
	}
	return ""
}

// NewJobsPage serves what is known of each batch to people, as one HTML page
// without scripts: what it is filtered and sorted by is in the address. Like a
// scrape it costs no call to the API.
func NewJobsPage(store *store.Store, poller *poll.Poller) http.Handler {
	// Nothing but this style sheet, so that text of the API that found a way
	// to be markup could not load or run anything.
	hash := sha256.Sum256([]byte(pageCSS))
	policy := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(hash[:]) + "'; img-src data:; " +
		"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	return gzhttp.GzipHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query, err := parsePageQuery(r.URL.RawQuery)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		now := time.Now()
		view := query.view(r.Context(), pageRows(store.Snapshot(), store.ExpectedDuration(), now), poller, now)
		failures, more := poller.ListFailures(listsShown)
		view.showLists(failures, more, now)
		view.showProducts(poller.ProductCounts())
		web.BreakOff(r)
		h := w.Header()
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		_ = pageTemplate.Execute(w, view) // it fails only when the reader has gone
	}))
}
