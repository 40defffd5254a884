package harness

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"golang.org/x/net/html"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/pages"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/poll"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
)

// Page requests /jobs with a query such as "status=PLANNED".
func (h *Harness) Page(query string) *httptest.ResponseRecorder {
	h.T.Helper()
	synctest.Wait()
	return GetPage(h.Site().Jobs(), query)
}

// GetPage requests /jobs with a query from a handler.
func GetPage(handler http.Handler, query string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/jobs?"+query, nil))
	return w
}

// Site returns the pages of the harness.
func (h *Harness) Site() pages.Site { return pages.Site{Store: h.Store, Poller: h.Poller} }

// SiteOfStore returns the pages for a store whose batches are not polled.
func SiteOfStore(store *store.Store) pages.Site {
	return pages.Site{Store: store, Poller: poll.New(store, poll.Options{})}
}

// Document parses a page as a browser does.
func Document(t *testing.T, w *httptest.ResponseRecorder) *html.Node {
	t.Helper()
	if w.Code != http.StatusOK {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	root, err := html.Parse(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// Problem returns what a page with an error status says in its first paragraph.
func Problem(t *testing.T, w *httptest.ResponseRecorder, status int) string {
	t.Helper()
	if w.Code != status {
		t.Fatalf("%d, want %d: %s", w.Code, status, w.Body)
	}
	root, err := html.Parse(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	return Text(Elements(Elements(root, "main")[0], "p")[0])
}

// Elements returns the elements with a name in their order.
func Elements(root *html.Node, name string) (found []*html.Node) {
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && n.Data == name {
			found = append(found, n)
		}
	}
	return found
}

// Text returns the text that a reader sees, folded.
func Text(root *html.Node) string {
	var b strings.Builder
	for n := range root.Descendants() {
		if n.Type == html.TextNode && n.Parent.Data != "style" {
			b.WriteString(n.Data)
		}
	}
	return Folded(b.String())
}

// Folded returns a text with white space folded as by a browser.
func Folded(s string) string { return strings.Join(strings.Fields(s), " ") }

// Attribute returns the value of an attribute of a node, "" without the attribute.
func Attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// Cell returns the text of a batch in the column with a heading, "" if there is none.
func Cell(root *html.Node, jobID, title string) string {
	for _, row := range Elements(root, "tr") {
		if !slices.ContainsFunc(Elements(row, "code"), func(n *html.Node) bool { return Text(n) == jobID }) {
			continue
		}
		for _, td := range Elements(row, "td") {
			if Attribute(td, "data-title") == title {
				return Text(td)
			}
		}
	}
	return ""
}

// Rows returns the JobIds of a page from top to bottom.
func Rows(root *html.Node) (ids []string) {
	for _, th := range Elements(root, "th") {
		if Attribute(th, "scope") == "row" {
			ids = append(ids, Text(Elements(th, "code")[0]))
		}
	}
	return ids
}

// Unreadable returns the lists that cannot be read, as a page names them.
func Unreadable(root *html.Node) (lists []string) {
	for _, item := range Elements(root, "li") {
		lists = append(lists, Text(item))
	}
	return lists
}

// BatchPage requests the page of a batch of the account "production".
func (h *Harness) BatchPage(jobID string) *httptest.ResponseRecorder {
	h.T.Helper()
	synctest.Wait()
	return GetBatch(h.Site().Batch(), "production", jobID)
}

// GetBatch requests /jobs/{account}/{job_id} or the same as JSON from its handler.
func GetBatch(handler http.Handler, account, jobID string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
	r.SetPathValue("account", account)
	r.SetPathValue("job_id", jobID)
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w
}
