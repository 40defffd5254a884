package pages_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"golang.org/x/net/html"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/situations"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/repository"
)

// inChinese requests a page as a Chinese browser does.
func inChinese(handler http.Handler, url string, values ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, url, http.NoBody)
	r.Header.Set("Accept-Language", "zh-CN,zh;q=0.9,en;q=0.8")
	for i := 0; i < len(values); i += 2 {
		r.SetPathValue(values[i], values[i+1])
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w
}

// Whatever there is to show, a Chinese reader sees no English sentence.
func TestNoEnglishInChinese(t *testing.T) {
	for name, situation := range situations.All {
		t.Run(strings.ReplaceAll(name, "_", " "), func(t *testing.T) {
			harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
				situation(h)
				synctest.Wait()
				checkChinese(t, inChinese(h.Site().Jobs(), "/jobs"))
				for _, id := range h.IDs() {
					checkChinese(t, inChinese(h.Site().Batch(), "/", "account", "production", "job_id", id))
				}
			})
		})
	}
	empty := harness.SiteOfStore(store.New())
	for name, w := range map[string]*httptest.ResponseRecorder{
		"landing page":   inChinese(empty.Landing("aliyun_iot_ota_exporter", "/metrics"), "/"),
		"no batch":       inChinese(empty.Jobs(), "/jobs"),
		"missing batch":  inChinese(empty.Batch(), "/", "account", "a", "job_id", "b"),
		"missing page":   inChinese(empty.NotFound(), "/nothing"),
		"invalid sort":   inChinese(empty.Jobs(), "/jobs?sort=-"),
		"invalid filter": inChinese(empty.Jobs(), "/jobs?only=-"),
		"invalid page":   inChinese(empty.Jobs(), "/jobs?page=-"),
		"long text":      inChinese(empty.Jobs(), "/jobs?text="+strings.Repeat("1", 2000)),
		"many words":     inChinese(empty.Jobs(), "/jobs?text="+differentWords(33)),
		"long URL":       inChinese(empty.Jobs(), "/jobs?"+strings.Repeat("1", 20_000)),
		"many batches":   inChinese(harness.SiteOfStore(harness.FilledStore(t, 250)).Jobs(), "/jobs?page=2"),
		"no match":       inChinese(harness.SiteOfStore(harness.FilledStore(t, 1)).Jobs(), "/jobs?text=0x0"),
		"all is wrong":   inChinese(harness.SiteOfStore(troubled("a", "j", "1")).Batch(), "/", "account", "a", "job_id", "j"),
		"two hours":      inChinese(harness.SiteOfStore(troubled("a", "j", "1")).Jobs(), "/jobs"),
	} {
		t.Run(name, func(t *testing.T) { checkChinese(t, w) })
	}
}

// A Chinese reader gets the advice for every error in Chinese.
func TestNoEnglishAdviceInChinese(t *testing.T) {
	for _, class := range aliyun.Classes {
		for _, cause := range append([]aliyun.Cause{""}, aliyun.Causes...) {
			states := harness.FilledStore(t, 3)
			for i := range 3 {
				harness.ChangeState(t, states, harness.FillJobID(i), func(s *store.State) {
					s.Err = &aliyun.Error{Operation: aliyun.OpQueryOTAJob, Class: class, Cause: cause}
					s.DevicesErr = &aliyun.Error{Operation: aliyun.OpListOTATaskByJob, Class: class, Code: "1"}
					s.ErrAt, s.Failures = s.AsOf.AddDate(1, 0, 0), 2
				})
			}
			site := harness.SiteOfStore(states)
			checkChinese(t, inChinese(site.Jobs(), "/jobs"))
			checkChinese(t, inChinese(site.Batch(), "/", "account", "production", "job_id", harness.FillJobID(1)))
		}
	}
}

// word matches a word of prose, or a name with the characters that names have.
var word = regexp.MustCompile(`[A-Za-z][A-Za-z0-9_./:@-]*[A-Za-z0-9_]`)

// prose matches a word of English prose: it has no characters of names.
var prose = regexp.MustCompile(`^[A-Za-z][a-z]{2,}$`)

// names are words of prose that a Chinese engineer uses too: products, the classes of errors,
// the bases of deadlines, and the parameters of a URL with their values.
var names = strings.Fields(`exporter Prometheus shell App Secret http https
	auth permission throttled invalid timeout transport server decode default settings
	endpoint region discover signature credentials
	batch status progress deadline error age next account failing overdue sort only page text jobs Pod`)

// checkChinese checks the language of a page and the texts that its reader sees or hears.
func checkChinese(t *testing.T, w *httptest.ResponseRecorder) {
	t.Helper()
	if vary := strings.Join(w.Header().Values("Vary"), ","); !strings.Contains(vary, "Accept-Language") {
		t.Errorf("Vary is %q", vary)
	}
	root, err := html.Parse(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	if lang := harness.Attribute(harness.Elements(root, "html")[0], "lang"); lang != "zh-CN" {
		t.Fatalf("the language is %q", lang)
	}
	check := func(where, text string) {
		for _, word := range word.FindAllString(text, -1) {
			if prose.MatchString(word) && !slices.Contains(names, word) {
				t.Errorf("%s: %q in %q", where, word, harness.Folded(text))
			}
		}
	}
	for n := range root.Descendants() {
		if n.Type == html.TextNode && !isData(n) {
			check("<"+n.Parent.Data+">", n.Data)
		}
		for _, a := range n.Attr {
			if slices.Contains([]string{"aria-label", "placeholder", "data-title"}, a.Key) {
				check(a.Key, a.Val)
			}
		}
	}
}

// isData reports whether a text is not said by the page: it comes from the API or the
// configuration, is to be copied, is for the browser, or is in the language that the page
// offers.
func isData(text *html.Node) bool {
	for n := text.Parent; n != nil; n = n.Parent {
		if slices.Contains([]string{"style", "bdi", "code", "title", "footer", "option"}, n.Data) || harness.Attribute(n, "class") == "language" ||
			strings.HasPrefix(harness.Attribute(n, "href"), "https://") || n.Data == "h1" && n.Parent.Data == "main" && n.NextSibling == nil {
			return true
		}
	}
	return false
}

// The links of a page keep the language that the reader has chosen, and offer the other one.
func TestLinksKeepTheLanguage(t *testing.T) {
	site := harness.SiteOfStore(harness.FilledStore(t, 250))
	for name, w := range map[string]*httptest.ResponseRecorder{
		"landing page": inChinese(site.Landing("x", "/metrics"), "/?lang=en"),
		"list":         inChinese(site.Jobs(), "/jobs?lang=en&page=2&sort=age"),
		"no match":     inChinese(site.Jobs(), "/jobs?lang=en&text=nothing"),
		"batch":        inChinese(site.Batch(), "/jobs/a/b?lang=en&text=1", "account", "production", "job_id", harness.FillJobID(1)),
		"missing":      inChinese(site.Batch(), "/jobs/a/b?lang=en", "account", "a", "job_id", "b"),
		"no page":      inChinese(site.NotFound(), "/nothing?lang=en"),
		"invalid":      inChinese(site.Jobs(), "/jobs?lang=en&page=0"),
		"long form":    inChinese(site.Jobs(), "/jobs?lang=en_US&page=2"),
	} {
		root, err := html.Parse(w.Body)
		if err != nil {
			t.Fatal(err)
		}
		if lang := harness.Attribute(harness.Elements(root, "html")[0], "lang"); lang != "en" {
			t.Errorf("%s is in %q", name, lang)
		}
		offers := 0
		for _, a := range harness.Elements(root, "a") {
			switch href := harness.Attribute(a, "href"); {
			case harness.Attribute(a, "class") == "language":
				if offers++; !strings.Contains(href, "lang=zh") || strings.Contains(href, "lang=en") {
					t.Errorf("%s offers %s", name, href)
				}
			case strings.Contains(href, "api/v1") || strings.HasPrefix(href, "#") || strings.HasPrefix(href, "https:") || strings.HasSuffix(href, "metrics") || strings.HasSuffix(href, "healthy"):
			case !strings.Contains(href, "lang=en"):
				t.Errorf("%s: the link to %s loses the language", name, href)
			}
		}
		if offers != 1 {
			t.Errorf("%s offers %d other languages", name, offers)
		}
		for _, form := range harness.Elements(root, "form") {
			if input := harness.Elements(form, "input")[0]; harness.Attribute(input, "name") != "lang" || harness.Attribute(input, "value") != "en" {
				t.Errorf("%s: the form loses the language", name)
			}
		}
	}
	// Who has chosen nothing gets no parameter.
	for _, a := range harness.Elements(harness.Document(t, inChinese(site.Jobs(), "/jobs")), "a") {
		if href := harness.Attribute(a, "href"); strings.Contains(href, "lang=") && harness.Attribute(a, "class") != "language" {
			t.Errorf("a link to %s", href)
		}
	}
}

// A language without texts is refused on every page, with a way out in the language of the browser.
func TestUnknownLanguage(t *testing.T) {
	site := harness.SiteOfStore(harness.FilledStore(t, 1))
	for name, w := range map[string]*httptest.ResponseRecorder{
		"landing page": inChinese(site.Landing("x", "/metrics"), "/?lang=fr"),
		"list":         inChinese(site.Jobs(), "/jobs?lang=zh-XYZQ"),
		"batch":        inChinese(site.Batch(), "/jobs/a/b?lang=chinese", "account", "production", "job_id", harness.FillJobID(0)),
	} {
		if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "无效：可选值为 zh 或 en") {
			t.Errorf("%s: status %d: %s", name, w.Code, w.Body)
		}
		root, err := html.Parse(w.Body)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range harness.Elements(root, "a") {
			if href := harness.Attribute(a, "href"); strings.Contains(href, "lang=") && !strings.HasSuffix(href, "lang=en") {
				t.Errorf("%s: a link to %s", name, href)
			}
		}
	}
	if w := inChinese(site.NotFound(), "/nothing?lang=fr"); w.Code != http.StatusNotFound {
		t.Errorf("a page that does not exist: status %d", w.Code)
	}
}

// Runbooks are linked in the language of the page, where there are Chinese ones.
func TestRunbooksInChinese(t *testing.T) {
	w := inChinese(harness.SiteOfStore(troubled("a", "j", "1")).Batch(), "/", "account", "a", "job_id", "j")
	found := 0
	for _, a := range harness.Elements(harness.Document(t, w), "a") {
		path, ok := strings.CutPrefix(harness.Attribute(a, "href"), "https://github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/blob/main/")
		if !ok {
			continue
		}
		found++
		if !strings.HasPrefix(path, "deploy/runbooks/zh-CN/") {
			t.Errorf("a link to %s", path)
		}
		if _, err := os.Stat(repository.Path(t, path)); err != nil {
			t.Error(err)
		}
	}
	if found < 3 {
		t.Errorf("%d links to runbooks", found)
	}
}
