package pages_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/repository"
)

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
