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

// maxText is the maximum length of a text from the API on the page, in bytes. Texts that the
// console accepts are shorter.
const maxText = 1 << 10

// pageText converts a text from the API or the configuration for the page. Without it, a
// bidirectional control character could end a <bdi> and change the order of the text around it.
func pageText(text any) string {
	s, _ := text.(string)
	if p, ok := text.(*string); ok && p != nil {
		s = *p
	}
	return printable.Text(printable.Shorten(s, maxText))
}

// statusClass returns the class of a status in the style sheet, "" if there is none.
func statusClass(status string) string {
	if slices.Contains(aliyun.Statuses, status) || slices.Contains(aliyun.TaskStatuses, status) || status == noData {
		return status
	}
	return ""
}

// NewJobsPage returns the handler of /jobs, which is safe for concurrent use. It shows the
// batches in the store and the schedule of the poller.
func NewJobsPage(store *store.Store, poller *poll.Poller) http.Handler {
	// If a text from the API became markup by mistake, the policy would keep it from loading or
	// running anything.
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
		failures, more := poller.ListFailures(maxLists)
		view.showLists(failures, more, now)
		view.showProducts(poller.ProductCounts())
		web.BreakOff(r)
		h := w.Header()
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		_ = pageTemplate.Execute(w, view) // fails only if the client has gone
	}))
}
