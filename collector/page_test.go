package collector_test

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
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

// text is what a reader sees, with white space as a browser folds it.
func text(root *html.Node) string {
	var b strings.Builder
	for n := range root.Descendants() {
		if n.Type == html.TextNode && n.Parent.Data != "style" {
			b.WriteString(n.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

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

// pageFleet is a batch of each kind, as of an hour after the clock starts.
func (h *harness) pageFleet() {
	h.t.Helper()
	at := time.Now()
	firmware := func(n int, name string) string {
		id := fmt.Sprintf("Ufuxnwygsuffc6LQ%04d", n)
		h.sim.AddFirmware(simulator.Firmware{Account: "main", ID: id, Name: name, ProductKey: "a1Fluid", DestVersion: fmt.Sprintf("2.%d.0", n)})
		return id
	}
	h.counting()
	late := ordinary(at.Add(-30 * time.Hour))
	late.JobID, late.FirmwareID, late.TimeoutInMinutes, late.Desc = "late", firmware(1, "Pump"), 0, "some never came back"
	late.Devices = simulator.Devices{Count: 200, Report: time.Minute, Install: time.Minute, Offline: 0.1, Fail: 0.25}
	h.add(late)
	soon := ordinary(at)
	soon.JobID, soon.FirmwareID, soon.Desc = "soon", firmware(2, "Valve"), "冷链 全量"
	h.add(soon)
	dynamic := ordinary(at)
	dynamic.JobID, dynamic.FirmwareID, dynamic.SelectionType, dynamic.DynamicMode = "dynamic", firmware(3, "Meter"), "DYNAMIC", 1
	h.add(dynamic)
	planned := ordinary(at)
	planned.JobID, planned.FirmwareID, planned.Schedule = "planned", firmware(4, "Gate"), at.Add(26*time.Hour)
	h.add(planned)
	done := ordinary(at)
	done.JobID, done.FirmwareID = "done", firmware(5, "Lamp")
	done.Devices = simulator.Devices{Count: 10, Report: time.Minute, Install: time.Minute}
	h.add(done)
	h.watch("", "gone")
	h.pass(time.Minute)
	h.sim.Inject(simulator.Fault{JobID: "dynamic", Code: "iot.system.SystemException", Message: "try <later>"})
	h.pass(time.Hour)
}

// TestJobsPage holds the whole page to a golden file.
func TestJobsPage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		h.pageFleet()
		// The simulator makes each request id up.
		got := regexp.MustCompile(`[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}`).ReplaceAllString(h.page("").Body.String(), "REQUEST-ID")
		const file = "testdata/golden/jobs.html"
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
			t.Errorf("%s (-want +got):\n%s\nif that is meant, rewrite it by: go test ./collector -update", file, diff)
		}
		root := document(t, h.page(""))
		for _, row := range elements(elements(root, "tbody")[0], "tr") {
			var titles []string
			for _, td := range elements(row, "td") {
				titles = append(titles, attribute(td, "data-title"))
			}
			var heads []string
			for _, th := range elements(elements(root, "thead")[0], "th") {
				heads = append(heads, text(th))
			}
			if !slices.Equal(heads[1:], titles) {
				t.Fatalf("cells %q under the headings %q", titles, heads)
			}
		}
	})
}

func TestJobsPageShowsWhatIsAskedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		h.pageFleet()
		for name, c := range map[string]struct {
			query string
			want  string
		}{
			"all, the most urgent first":            {"", "late soon dynamic planned gone done"},
			"a status":                              {"status=IN_PROGRESS", "late soon dynamic"},
			"without data":                          {"status=NO_DATA", "gone"},
			"a status that no batch has":            {"status=PAUSED", ""},
			"an account":                            {"account=production", "late soon dynamic planned gone done"},
			"another account":                       {"account=partner", ""},
			"those that fail":                       {"only=failing", "dynamic gone"},
			"past the deadline":                     {"only=overdue", "late"},
			"those that fail of a status":           {"only=failing&status=IN_PROGRESS", "dynamic"},
			"a text in the name, in another case":   {"text=vALve", "soon"},
			"a text in the description":             {"text=%E5%86%B7%E9%93%BE", "soon"},
			"a text in the job id":                  {"text=one", "gone done"},
			"a text in an error":                    {"text=%3Clater%3E", "dynamic"},
			"a tag":                                 {"text=owner=cold-chain", "late soon dynamic planned done"},
			"two words that one batch has":          {"text=never+2.1", "late"},
			"two words that no batch has both of":   {"text=Pump+Valve", ""},
			"by batch":                              {"sort=batch", "planned done dynamic late soon gone"},
			"by batch, descending":                  {"sort=-batch", "soon late dynamic done planned gone"},
			"by progress, those not counted last":   {"sort=-progress&text=owner", "done late dynamic planned soon"},
			"by the age of data, no data last":      {"sort=age&status=IN_PROGRESS", "late soon dynamic"},
			"by the age of data, the oldest first":  {"sort=-age&status=IN_PROGRESS", "dynamic soon late"},
			"by the deadline, those without last":   {"sort=deadline", "late done soon dynamic gone planned"},
			"by the deadline, descending":           {"sort=-deadline", "done soon late dynamic gone planned"},
			"by the last error":                     {"sort=error&only=failing", "gone dynamic"},
			"by the last error, those without last": {"sort=-error", "dynamic gone done late planned soon"},
			"by status":                             {"sort=status", "dynamic late soon planned gone done"},
		} {
			root := document(t, h.page(c.query))
			if got := rows(root); !slices.Equal(got, strings.Fields(c.want)) {
				t.Errorf("%s, ?%s: %q, want %q", name, c.query, got, c.want)
			}
			if got := len(elements(root, "table")) == 1; got != (c.want != "") {
				t.Errorf("%s: a table: %t", name, got)
			}
		}
	})
}

func TestJobsPageRefusesWhatItDoesNotKnow(t *testing.T) {
	handler := collector.NewJobsPage(collector.NewStore(), collector.NewPoller(collector.NewStore(), collector.PollerOptions{}))
	for query, want := range map[string]string{
		"sort=colour":    `sort="colour": want one of [batch account`,
		"sort=-":         `sort="-": want one of`,
		"only=late":      `only="late": want one of ["" "failing" "overdue"]`,
		"page=0":         `page="0": want a number from 1`,
		"page=-1":        `page="-1": want`,
		"page=two":       `page="two": want`,
		"page=%3Cb%3E":   `page="<b>": want`,
		"page=999999999": "", // beyond the last is the last
	} {
		w := getPage(handler, query)
		if want == "" {
			if w.Code != http.StatusOK {
				t.Errorf("%s: %d %s", query, w.Code, w.Body)
			}
			continue
		}
		if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), want) || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain") {
			t.Errorf("%s: %d %s, want 400 and %s", query, w.Code, w.Body, want)
		}
	}
}

// A fleet of any size is shown a hundred batches at a time.
func TestJobsPageOfALargeFleet(t *testing.T) {
	const fleet = 10_000
	handler := collector.NewJobsPage(filledStore(t, fleet), collector.NewPoller(collector.NewStore(), collector.PollerOptions{}))
	seen := make(map[string]bool)
	pages := 0
	for next := "?status=IN_PROGRESS&refresh=1"; next != ""; pages++ {
		w := getPage(handler, next[1:])
		if n := w.Body.Len(); n > 200_000 {
			t.Fatalf("a page of %d bytes", n)
		}
		root := document(t, w)
		ids := rows(root)
		if len(ids) == 0 || len(ids) > 100 {
			t.Fatalf("%s: %d rows", next, len(ids))
		}
		for _, id := range ids {
			if seen[id] {
				t.Fatalf("%s: %s again", next, id)
			}
			seen[id] = true
		}
		next = ""
		for _, a := range elements(root, "a") {
			if attribute(a, "rel") == "next" {
				next = attribute(a, "href")
			}
		}
	}
	if len(seen) != fleet/len(aliyun.Statuses) || pages != fleet/len(aliyun.Statuses)/100 {
		t.Errorf("%d batches in %d pages", len(seen), pages)
	}
	beyond := document(t, getPage(handler, "page=5000"))
	if got := text(elements(beyond, "footer")[0]); got != "← previous 9901–10000 of 10000" {
		t.Errorf("beyond the last page: %q", got)
	}
}

// Nothing of the API or of an address becomes markup.
func TestJobsPageEscapes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const hostile = `</bdi></code></style><script>alert(1)</script><img src=x onerror=alert(1)>"'><a href="javascript:alert(1)">&lt;` + "\u202e"
		h := newHarness(t)
		b := ordinary(time.Now())
		b.Desc, b.GroupName = hostile, hostile
		b.Override = map[string]any{"Name": hostile, "DestVersion": hostile, "JobStatus": hostile, "ProductKey": hostile, "SelectionType": hostile}
		h.counting()
		h.add(b)
		h.pass(time.Minute)
		h.sim.Inject(simulator.Fault{Operation: aliyun.OpQueryOTAJob, Code: hostile, Message: hostile})
		h.pass(time.Minute)
		address := "text=" + strings.NewReplacer("%", "%25", "&", "%26", "#", "%23", ";", "%3B").Replace(strings.ReplaceAll(hostile, " ", "+"))
		root := document(t, h.page(address))
		row := elements(elements(root, "tbody")[0], "tr")[0]
		wanted := strings.Join(strings.Fields(hostile), " ")
		if n := strings.Count(text(row), wanted); n != 7 {
			t.Errorf("the hostile text is shown %d times, want name, version, description, product, status, code and message in\n%s", n, text(row))
		}
		if got := attribute(elements(root, "input")[0], "value"); got != hostile {
			t.Errorf("the input holds %q", got)
		}
		for _, name := range []string{"script", "img", "iframe", "object", "base"} {
			if found := elements(root, name); len(found) > 0 {
				t.Errorf("there is a <%s>", name)
			}
		}
		for n := range root.Descendants() {
			for _, a := range n.Attr {
				if strings.HasPrefix(a.Key, "on") || strings.HasPrefix(strings.TrimSpace(strings.ToLower(a.Val)), "javascript:") || a.Key == "style" {
					t.Errorf("<%s %s=%q>", n.Data, a.Key, a.Val)
				}
			}
		}
	})
}

// The policy lets the browser use this page's style sheet and nothing else.
func TestJobsPagePolicy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		h.pageFleet()
		w := h.page("")
		policy := w.Header().Get("Content-Security-Policy")
		root := document(t, w)
		style := sha256.Sum256([]byte(elements(root, "style")[0].FirstChild.Data))
		for _, want := range []string{"default-src 'none'", "style-src 'sha256-" + base64.StdEncoding.EncodeToString(style[:]) + "'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"} {
			if !slices.Contains(strings.Split(policy, "; "), want) {
				t.Errorf("%q is missing in %q", want, policy)
			}
		}
		if strings.Contains(policy, "unsafe") || strings.Contains(policy, "http") {
			t.Errorf("the policy allows too much: %q", policy)
		}
	})
}

// BenchmarkJobsPage is what the page costs while the plan waits for its locks.
func BenchmarkJobsPage(b *testing.B) {
	handler := collector.NewJobsPage(filledStore(b, 10_000), collector.NewPoller(collector.NewStore(), collector.PollerOptions{}))
	for _, query := range []string{"", "sort=-deadline", "text=warehouse+wave"} {
		b.Run("10000_jobs?"+query, func(b *testing.B) {
			for b.Loop() {
				getPage(handler, query)
			}
		})
	}
}
