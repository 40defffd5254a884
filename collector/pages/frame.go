package pages

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/printable"
)

// frame is what every page has around its content. What a template gets embeds it.
type frame struct {
	Title   string
	Root    string // relative URL of the landing page, such as ./ or ../../
	Version string // see [Site]
	Refresh int    // seconds between two automatic refreshes; 0: none
	now     time.Time
}

// AsOf is the time that the page shows.
func (f frame) AsOf() instant { return newInstant(f.now, f.now) }

//go:embed page.css
var commonCSS template.CSS

//go:embed batch.css
var batchCSS template.CSS

// pageCSS is the style sheet of every page.
var pageCSS = commonCSS + batchCSS

//go:embed *.html
var pageHTML embed.FS

// templates has a template for each page, named for its file, and the parts that pages share.
var templates = template.Must(template.New("").Funcs(template.FuncMap{
	"css":    func() template.CSS { return pageCSS },
	"text":   pageText,
	"class":  statusClass,
	"number": number,
	"icon":   statusIcon,
}).ParseFS(pageHTML, "*.html"))

// policy is the Content-Security-Policy of every page. If a text from the API became markup by
// mistake, the policy would keep it from loading or running anything.
var policy = func() string {
	style := sha256.Sum256([]byte(pageCSS))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(style[:]) + "'; img-src data:; " +
		"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
}()

// send answers with a page. name is the file of its template.
func send(w http.ResponseWriter, name string, view any) {
	sendStatus(w, http.StatusOK, name, view)
}

// sendStatus is send with another status.
func sendStatus(w http.ResponseWriter, status int, name string, view any) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = templates.ExecuteTemplate(w, name, view) // fails only if the client has gone
}

// batchAddress returns the URL of the page of a batch, relative to that of the list. It
// returns "" for the few ids that no URL can have, because browsers take them for folders.
func batchAddress(account, jobID string) string {
	for _, part := range []string{account, jobID} {
		if part == "" || part == "." || part == ".." {
			return ""
		}
	}
	return "jobs/" + url.PathEscape(account) + "/" + url.PathEscape(jobID)
}

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

// statusIcon returns the id of the icon of a status of a batch.
func statusIcon(status string) string {
	if slices.Contains(aliyun.Statuses, status) || status == noData {
		return "icon-" + status
	}
	return "icon-other"
}
