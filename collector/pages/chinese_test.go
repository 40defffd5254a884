package pages_test

import (
	"cmp"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

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

// English is also found in places that no page has today.
func TestEnglishIsFoundInNewPlaces(t *testing.T) {
	for planted, want := range map[string]bool{
		`<div>left in English</div>`:                           true,
		`<main>left in English<p>批次</p></main>`:                true,
		`<blockquote>left in English</blockquote>`:             true,
		`<svg><text>left in English</text></svg>`:              true,
		`<p aria-description="left in English">批次</p>`:         true,
		`<table summary="left in English"></table>`:            true,
		`<select><optgroup label="left in English"></select>`:  true,
		`<input type="submit" value="Left in English">`:        true,
		`<meta name="description" content="left in English">`:  true,
		`<p>账号,批次</p>`:                                         true,
		`<p>批次(已结束)</p>`:                                       true,
		`<p>批次<input type="hidden" name="x" value="left"></p>`: false,
		`<meta name="viewport" content="width=device-width">`:  false,
		`<div>批次 <code>left in English</code></div>`:           false,
	} {
		root, err := html.Parse(strings.NewReader(planted))
		if err != nil {
			t.Fatal(err)
		}
		if found := faults(root, ""); (len(found) > 0) != want {
			t.Errorf("%s: %q", planted, found)
		}
	}
	for _, file := range []string{"page.css", "batch.css"} {
		if found := regexp.MustCompile(`content:[^;"]*"[^"]*\pL[^"]*"`).FindString(repository.Read(t, "collector/pages/"+file)); found != "" {
			t.Errorf("%s has a text: %s", file, found)
		}
	}
}

// The time of the exporter's own zone stands in Chinese parentheses.
func TestTimeZoneInChinese(t *testing.T) {
	site := harness.SiteOfStore(harness.FilledStore(t, 1))
	site.Zone = time.FixedZone("CST", 8*3600)
	text := html.UnescapeString(inChinese(site.Jobs(), "/jobs").Body.String())
	if !regexp.MustCompile(`UTC</time><small>（\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+08:00）</small>`).MatchString(text) || !regexp.MustCompile(`title="[^"]* UTC（[^"]* \+08:00）"`).MatchString(text) {
		t.Errorf("no time of the zone in %s", text)
	}
}
