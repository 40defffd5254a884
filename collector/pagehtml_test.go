package collector_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"golang.org/x/net/html"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector"
)

// page asks for /jobs with a query such as "status=PLANNED".
func (h *harness) page(query string) *httptest.ResponseRecorder {
	h.t.Helper()
	synctest.Wait()
	return getPage(collector.NewJobsPage(h.store, h.poller), query)
}

func getPage(handler http.Handler, query string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/jobs?"+query, nil))
	return w
}

// pageOfStore is the page of a store whose batches nothing polls.
func pageOfStore(store *collector.Store) http.Handler {
	return collector.NewJobsPage(store, collector.NewPoller(store, collector.PollerOptions{}))
}

// document is a page as a browser reads it.
func document(t *testing.T, w *httptest.ResponseRecorder) *html.Node {
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

// elements are those of a name, in their order.
func elements(root *html.Node, name string) (found []*html.Node) {
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && n.Data == name {
			found = append(found, n)
		}
	}
	return found
}

// text is what a reader sees, folded.
func text(root *html.Node) string {
	var b strings.Builder
	for n := range root.Descendants() {
		if n.Type == html.TextNode && n.Parent.Data != "style" {
			b.WriteString(n.Data)
		}
	}
	return folded(b.String())
}

// folded is a text with white space as a browser folds it.
func folded(s string) string { return strings.Join(strings.Fields(s), " ") }

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// cell is what a batch's row says under a heading; "" without such a row.
func cell(root *html.Node, jobID, title string) string {
	for _, row := range elements(root, "tr") {
		if !slices.ContainsFunc(elements(row, "code"), func(n *html.Node) bool { return text(n) == jobID }) {
			continue
		}
		for _, td := range elements(row, "td") {
			if attribute(td, "data-title") == title {
				return text(td)
			}
		}
	}
	return ""
}

// rows are the job ids of a page, from top to bottom.
func rows(root *html.Node) (ids []string) {
	for _, th := range elements(root, "th") {
		if attribute(th, "scope") == "row" {
			ids = append(ids, text(elements(th, "code")[0]))
		}
	}
	return ids
}
