package pages_test

import (
	"net/http/httptest"
	"net/url"
	"path"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/printable"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// pageTexts are the texts of the page that come from the configuration and the API.
type pageTexts struct{ account, jobID, said, status, code, message string }

// page returns the page of one batch with these texts, filtered by its text, account and status.
func (p pageTexts) page() *httptest.ResponseRecorder {
	filled, at := store.New(), time.Unix(1e9, 0)
	s := &store.State{
		Target: target.Target{Account: p.account, JobID: p.jobID, Region: p.said, Instance: aliyun.Instance{URL: p.said, ID: "i" + p.said}},
		Job: &aliyun.Job{
			Name: &p.said, DestVersion: &p.said, JobDesc: &p.said, ProductKey: &p.said, JobStatus: &p.status, UtcStartTime: &at,
			Tags: []aliyun.Tag{{Key: &p.said, Value: &p.code}},
		},
		AsOf: at, Asked: at, Failures: 3, ErrAt: at,
		Err:     &aliyun.Error{Operation: p.said, Class: aliyun.ClassServer, Code: p.code, Message: p.message, RequestID: p.code},
		Devices: &store.DeviceCounts{ByStatus: map[string]int{"SUCCEEDED": 1, "x" + p.said: 1}, Total: 3, AsOf: at},
	}
	filled.Restore([]*store.State{s})
	filled.Configure(target.Account{Name: p.account, Targets: []target.Target{s.Target}, DeviceCounts: s.Counted})
	query := url.Values{"text": {p.said}, "account": {p.account}, "status": {p.shownStatus()}, "sort": {"-age"}, "refresh": {"1"}}
	return harness.GetPage(harness.SiteOfStore(filled).Jobs(), query.Encode())
}

func (p pageTexts) shownStatus() string {
	if p.status == "" {
		return "NO_DATA"
	}
	return p.status
}

// harmless returns texts that give a page of the same structure.
func (p pageTexts) harmless() pageTexts {
	word := func(s string) string { return strings.Repeat("x", min(len(s), 1)) }
	h := pageTexts{word(p.account), word(p.jobID), "x", p.status, word(p.code), word(p.message)}
	if !slices.Contains(aliyun.Statuses, p.status) {
		h.status = "X"
	}
	return h
}

// structure returns the elements of a page with the names of their attributes.
func structure(root *html.Node) (all []string) {
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		element := n.Data
		for _, a := range n.Attr {
			element += " " + a.Key
		}
		all = append(all, element)
	}
	return all
}

// For any texts, the page that is filtered by them shows the batch. Each text is on one line
// without unsafe characters, and the page has the same structure as that of another batch.
func FuzzJobsPage(f *testing.F) {
	f.Add("production", "wahVIzGkCMuAUE2gDERM02", "升级", "IN_PROGRESS", "iot.system.SystemException", "try later")
	f.Add(`<b>`, `</code><script>alert(1)</script>`, `</bdi></style><img src=x onerror=alert(1)>`, `" onclick="alert(1)`, `'><a href="javascript:alert(1)">`, "&lt;&#0;\x00\r\n")
	f.Add("a  b", "]]>", "javascript:alert(1)", "NO_DATA", "", "<!--")
	f.Add(" ", "%22%3E", "{{.}}</option></select><option>", "", "</title><plaintext>", "\u202e\u2028\f")
	f.Add("a\nb", "#&?text=", "İ ſ ß", "overdue bad", "*securitytoken*", "{instance}{endpoint}")
	f.Fuzz(func(t *testing.T, account, jobID, said, status, code, message string) {
		p := pageTexts{account, jobID, said, status, code, message}
		for _, text := range []string{account, jobID, said, status, code, message} { // from YAML and JSON
			if !utf8.ValidString(text) {
				t.Skip("not UTF-8")
			}
		}
		address := "jobs/" + url.PathEscape(account) + "/" + url.PathEscape(jobID)
		if path.Clean(address) != address {
			t.Skip("no such batch, or one without a page")
		}
		if max(len(account), len(said), len(status)) > 1000 || len(strings.Fields(said)) > 32 {
			t.Skip("too long for a filter")
		}
		root := harness.Document(t, p.page())
		if diff := cmp.Diff(structure(harness.Document(t, p.harmless().page())), structure(root)); diff != "" {
			t.Fatalf("elements and attributes (-of another batch +of this one):\n%s", diff)
		}
		for n := range root.Descendants() {
			if n.Type == html.TextNode && n.Parent.Data != "style" && strings.ContainsFunc(strings.ReplaceAll(n.Data, "\n", ""), printable.Unsafe) {
				t.Errorf("an unsafe character is shown: %+q", n.Data)
			}
		}
		row := harness.Elements(harness.Elements(root, "tbody")[0], "tr")[0]
		codes, bdis, cells := harness.Elements(row, "code"), harness.Elements(row, "bdi"), harness.Elements(row, "td")
		for _, part := range []struct {
			node *html.Node
			said string
		}{
			{codes[0], jobID},
			{bdis[0], said}, {bdis[1], said}, {bdis[2], said}, {bdis[3], p.shownStatus()}, {bdis[5], "x" + said},
			{harness.Elements(cells[len(cells)-1], "bdi")[0], account},
		} {
			if want := harness.Folded(asShown(part.said)); harness.Text(part.node) != want {
				t.Errorf("<%s> shows %q, want %q", part.node.Data, harness.Text(part.node), want)
			}
		}
		if last := harness.Cell(root, harness.Folded(asShown(jobID)), "Last error"); !strings.Contains(last, harness.Folded(asShown(message))) {
			t.Errorf("the error is shown as %q, want %q in it", last, message)
		}
		if got := harness.Attribute(harness.Elements(root, "input")[0], "value"); got != asHTML(said) {
			t.Errorf("the value of the input is %q, want %q", got, said)
		}
		for _, selected := range []struct {
			name, want string
		}{{"account", account}, {"status", p.shownStatus()}} {
			if got := chosen(root, selected.name); got != asHTML(selected.want) {
				t.Errorf("the form has the %s %q, want %q", selected.name, got, selected.want)
			}
		}
		for _, a := range harness.Elements(root, "a") {
			if href := harness.Attribute(a, "href"); !strings.HasPrefix(href, "?") && href != "./" && href != "#main" && !strings.HasPrefix(href, "api/v1/jobs?") && !strings.HasPrefix(href, address+"?") {
				t.Errorf("a link leads to %q", href)
			}
		}
	})
}

// chosen returns the value that a form sends for a <select>.
func chosen(root *html.Node, name string) string {
	for _, list := range harness.Elements(root, "select") {
		if harness.Attribute(list, "name") != name {
			continue
		}
		for _, option := range harness.Elements(list, "option") {
			value := harness.Text(option)
			for _, a := range option.Attr {
				if a.Key == "value" {
					value = a.Val
				}
			}
			if slices.ContainsFunc(option.Attr, func(a html.Attribute) bool { return a.Key == "selected" }) {
				return value
			}
		}
	}
	return ""
}

// asShown returns a text from the API as the page shows it.
func asShown(s string) string { return printable.Text(printable.Shorten(s, 1<<10)) }

// asHTML returns a text as a browser reads it from HTML, which cannot express all characters.
func asHTML(s string) string {
	return strings.NewReplacer("\x00", "\uFFFD", "\r\n", "\n", "\r", "\n").Replace(s)
}
