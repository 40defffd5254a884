package collector

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"net/http"
	"time"

	"github.com/klauspost/compress/gzhttp"
)

//go:embed page.css
var pageCSS template.CSS

//go:embed page.html
var pageHTML string

var pageTemplate = template.Must(template.New("page").Funcs(template.FuncMap{"css": func() template.CSS { return pageCSS }}).Parse(pageHTML))

// NewJobsPage serves what is known of each batch to people, as one HTML page
// without scripts: what it is filtered and sorted by is in the address. Like a
// scrape it costs no call to the API.
func NewJobsPage(store *Store, poller *Poller) http.Handler {
	// Nothing but this style sheet, so that text of the API that found a way
	// to be markup could not load or run anything.
	hash := sha256.Sum256([]byte(pageCSS))
	policy := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(hash[:]) + "'; img-src data:; " +
		"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	return gzhttp.GzipHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query, err := parsePageQuery(r.URL.Query())
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		now := time.Now()
		rows := pageRows(store.Snapshot(), poller.nextPolls(), store.ExpectedDuration(), now)
		view := query.view(rows, now)
		view.showLists(poller.listFailures(), now)
		view.showProducts(poller.productCounts())
		h := w.Header()
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		_ = pageTemplate.Execute(w, view) // it fails only when the reader has gone
	}))
}
