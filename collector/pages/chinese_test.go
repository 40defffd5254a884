package pages_test

import (
	"cmp"
	"encoding/json"
	"fmt"
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
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/pages"
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
				checkChinese(t, h.Site(), inChinese(h.Site().Jobs(), "/jobs"))
				for _, id := range h.IDs() {
					checkChinese(t, h.Site(), inChinese(h.Site().Batch(), "/", "account", "production", "job_id", id))
				}
			})
		})
	}
	empty, many, one, troubles := harness.SiteOfStore(store.New()), harness.SiteOfStore(harness.FilledStore(t, 250)),
		harness.SiteOfStore(harness.FilledStore(t, 1)), harness.SiteOfStore(troubled("a", "j", "1"))
	for name, c := range map[string]struct {
		site pages.Site
		w    *httptest.ResponseRecorder
	}{
		"landing page":     {empty, inChinese(empty.Landing("aliyun_iot_ota_exporter", "/metrics"), "/")},
		"no batch":         {empty, inChinese(empty.Jobs(), "/jobs")},
		"missing batch":    {empty, inChinese(empty.Batch(), "/", "account", "a", "job_id", "b")},
		"missing page":     {empty, inChinese(empty.NotFound(), "/nothing")},
		"invalid sort":     {empty, inChinese(empty.Jobs(), "/jobs?sort=-")},
		"invalid filter":   {empty, inChinese(empty.Jobs(), "/jobs?only=-")},
		"invalid page":     {empty, inChinese(empty.Jobs(), "/jobs?page=-")},
		"invalid status":   {empty, inChinese(empty.Jobs(), "/jobs?status=-")},
		"invalid refresh":  {empty, inChinese(empty.Jobs(), "/jobs?refresh=-")},
		"invalid language": {empty, inChinese(empty.Jobs(), "/jobs?lang=fr")},
		"unknown name":     {empty, inChinese(empty.Jobs(), "/jobs?x=1")},
		"twice":            {empty, inChinese(empty.Jobs(), "/jobs?page=1&page=1")},
		"no URL":           {empty, inChinese(empty.Jobs(), "/jobs?%zz")},
		"long text":        {empty, inChinese(empty.Jobs(), "/jobs?text="+strings.Repeat("1", 2000))},
		"many words":       {empty, inChinese(empty.Jobs(), "/jobs?text="+differentWords(33))},
		"long URL":         {empty, inChinese(empty.Jobs(), "/jobs?"+strings.Repeat("1", 20_000))},
		"many batches":     {many, inChinese(many.Jobs(), "/jobs?page=2")},
		"no match":         {one, inChinese(one.Jobs(), "/jobs?text=0x0")},
		"all is wrong":     {troubles, inChinese(troubles.Batch(), "/", "account", "a", "job_id", "j")},
		"two hours":        {troubles, inChinese(troubles.Jobs(), "/jobs")},
	} {
		t.Run(name, func(t *testing.T) { checkChinese(t, c.site, c.w) })
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
			checkChinese(t, site, inChinese(site.Jobs(), "/jobs"))
			checkChinese(t, site, inChinese(site.Batch(), "/", "account", "production", "job_id", harness.FillJobID(1)))
		}
	}
}

// names are words of prose that a Chinese engineer uses too: products, and the names of parameters,
// settings and metrics.
var names = strings.Fields(`aliyun exporter Prometheus Grafana shell App Secret http https Pod
	endpoint region discover signature credentials
	name value batch status progress deadline error age next account failing overdue sort only page text refresh lang format jobs`)

var (
	// word matches a word of prose, or a name with the characters that names have.
	word = regexp.MustCompile(`[A-Za-z][A-Za-z0-9_./:@-]*[A-Za-z0-9_]`)
	// prose matches a word of English prose: it has no characters of names.
	prose = regexp.MustCompile(`^[A-Za-z][a-z]{2,}$`)
	// ill is a Chinese character that touches a letter or a number, a space that Chinese punctuation
	// contains already, or a percent sign apart from its number.
	ill = regexp.MustCompile(`\p{Han}[A-Za-z0-9]|[A-Za-z0-9%]\p{Han}|[，。；：、（“][ \x{a0}]|[ \x{a0}][，。；：、）”]|\d[ \x{a0}]%`)
)

// checkChinese checks the language of a page of a site and the texts that its reader sees or hears.
func checkChinese(t *testing.T, site pages.Site, w *httptest.ResponseRecorder) {
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
	for _, fault := range faults(root, dataOf(site)) {
		t.Error(fault)
	}
}

// faults are the English words on a page, and where the space around Chinese characters is wrong.
// data has the texts of the API and the configuration.
func faults(root *html.Node, data string) (all []string) {
	check := func(where, text string) {
		for _, word := range word.FindAllString(text, -1) {
			if prose.MatchString(word) && !slices.Contains(names, word) {
				all = append(all, fmt.Sprintf("%s: %q in %q", where, word, harness.Folded(text)))
			}
		}
		if found := ill.FindString(text); found != "" {
			all = append(all, fmt.Sprintf("%s: %q in %q", where, found, harness.Folded(text)))
		}
	}
	for n := range root.Descendants() {
		for _, a := range n.Attr {
			if slices.Contains([]string{"aria-label", "placeholder", "data-title", "title", "alt"}, a.Key) && !strings.Contains(data, a.Val) {
				check(a.Key, a.Val)
			}
		}
		if isParagraph(n) && harness.Attribute(n, "class") != "language" {
			check("<"+n.Data+">", said(n, data))
		}
	}
	return all
}

// paragraphs are the elements whose text is apart from that of others.
var paragraphs = strings.Fields("title h1 h2 p li dt dd th td caption summary label option a button nav header")

// isParagraph reports whether a node is one of them. The small text in a cell has a line of its own.
func isParagraph(n *html.Node) bool {
	return n.Type == html.ElementNode && (slices.Contains(paragraphs, n.Data) || n.Data == "small" && n.Parent.Data == "td")
}

// said is the text that a page itself says in a paragraph. x stands for what it does not say: a text
// of the API or the configuration, or one to copy.
func said(of *html.Node, data string) string {
	var b strings.Builder
	for n := range of.ChildNodes() {
		switch {
		case n.Type == html.TextNode && strings.TrimSpace(n.Data) != "" && isData(n, data):
			b.WriteString(" x ")
		case n.Type == html.TextNode:
			b.WriteString(n.Data)
		case isParagraph(n) && n.Data != "a" || slices.Contains([]string{"br", "div", "select"}, n.Data):
			b.WriteString("|")
		case n.Data == "code" || n.Data == "pre" || harness.Attribute(n, "class") == "language":
			b.WriteString("x")
		default:
			b.WriteString(said(n, data))
		}
	}
	return strings.NewReplacer(" |", "|", "| ", "|").Replace(strings.Join(strings.Fields(b.String()), " "))
}

// isData reports whether a text comes from the API or the configuration. The page marks most such
// texts as <bdi>, and may put two of them together there.
func isData(text *html.Node, data string) bool {
	if text.Parent.Data != "bdi" && text.Parent.Data != "title" {
		return strings.Contains(data, harness.Folded(text.Data))
	}
	words := word.FindAllString(text.Data, -1)
	return len(words) > 0 && !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(data, word) })
}

// dataOf are the texts that the API and the configuration have given to a site.
func dataOf(site pages.Site) string {
	var b strings.Builder
	var add func(value any)
	add = func(value any) {
		switch value := value.(type) {
		case string:
			fmt.Fprintln(&b, value)
		case []any:
			for _, inner := range value {
				add(inner)
			}
		case map[string]any:
			for _, inner := range value {
				add(inner)
			}
		}
	}
	addFields := func(of any) {
		var fields any
		text, _ := json.Marshal(of)
		_ = json.Unmarshal(text, &fields) // it has the values of the fields, which are data, apart from their names
		add(fields)
	}
	for _, s := range site.Store.Snapshot() {
		addFields(s)
		fmt.Fprintln(&b, s.Err, s.DevicesErr)
	}
	for account, firmware := range site.Store.Firmwares() {
		add(account)
		addFields(firmware)
	}
	return b.String()
}

// English is found in the place of every Chinese text of a page.
func TestEnglishIsFound(t *testing.T) {
	places := 0
	plant := func(site pages.Site, w *httptest.ResponseRecorder) {
		root, err := html.Parse(w.Body)
		if err != nil {
			t.Fatal(err)
		}
		data := dataOf(site)
		try := func(in *html.Node, where string, text *string) {
			for in.Parent != nil && !isParagraph(in) {
				in = in.Parent
			}
			in = cmp.Or(in.Parent, in)
			chinese := *text
			if !regexp.MustCompile(`\p{Han}`).MatchString(chinese) || strings.Contains(data, harness.Folded(chinese)) {
				return
			}
			places++
			if *text = "left untranslated"; len(faults(in, data)) == 0 {
				t.Errorf("English in the place of %q in %s is not found", chinese, where)
			}
			*text = chinese
		}
		for n := range root.Descendants() {
			if n.Type == html.TextNode && harness.Attribute(n.Parent, "class") != "language" {
				try(n, "<"+n.Parent.Data+">", &n.Data)
			}
			for i, a := range n.Attr {
				try(n, a.Key, &n.Attr[i].Val)
			}
		}
	}
	site := harness.SiteOfStore(troubled("a", "j", "1"))
	plant(site, inChinese(site.Jobs(), "/jobs?text=1"))
	plant(site, inChinese(site.Jobs(), "/jobs?text=nothing"))
	plant(site, inChinese(site.Jobs(), "/jobs?sort=-"))
	plant(site, inChinese(site.Batch(), "/", "account", "a", "job_id", "j"))
	plant(site, inChinese(site.Batch(), "/", "account", "a", "job_id", "b"))
	plant(site, inChinese(site.Landing("x", "/metrics"), "/"))
	if places < 150 {
		t.Errorf("%d places", places)
	}
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
			case strings.HasPrefix(href, "#") || strings.HasPrefix(href, "https:") || strings.HasSuffix(href, "metrics") || strings.HasSuffix(href, "healthy"):
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

// Batches that fail are found by what the page calls the class of the error.
func TestSearchForAClassInChinese(t *testing.T) {
	states := harness.FilledStore(t, 2)
	harness.ChangeState(t, states, harness.FillJobID(1), func(s *store.State) {
		s.Err = &aliyun.Error{Operation: aliyun.OpQueryOTAJob, Class: aliyun.ClassThrottled}
	})
	page := harness.SiteOfStore(states).Jobs()
	for text, want := range map[string][]string{"流控": {harness.FillJobID(1)}, "throttled": {harness.FillJobID(1)}, "服务端错误": nil} {
		if got := harness.Rows(harness.Document(t, inChinese(page, "/jobs?text="+text))); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
