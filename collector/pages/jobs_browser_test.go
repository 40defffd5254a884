package pages_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/printable"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/exportertest"
)

const stuckBatch = "HvKuBpuk3rdk6E92CP00030000" // of the demo

// In a browser the style sheet and the links of /jobs work under the security policy of the
// page, and the page is readable in both colour schemes and on a phone.
func TestJobsInBrowser(t *testing.T) {
	t.Parallel()
	e := exportertest.Start(t, "--demo")
	// The batches of the demo that the test uses: one is stuck, one of the partner is
	// planned, two are completed, and one fails.
	e.AwaitBatches([]string{stuckBatch, "HvKuBpuk3rdk6E92CP00150000", "HvKuBpuk3rdk6E92CP00050000", "HvKuBpuk3rdk6E92CP00130000"})
	e.Await("/jobs?only=failing", "iot.firmware.InvalidOTAJobId")
	// The list of batches comes first. Their names and descriptions follow within seconds.
	e.Await("/jobs?text=stuck", stuckBatch)
	for _, name := range []string{"冷链温湿度传感器-6", "Smart meter-14"} {
		e.Await("/jobs?status=COMPLETED", name)
	}
	// A reader follows the link on the landing page.
	b := openBrowser(t)
	b.do(chromedp.EmulateViewport(1400, 900), chromedp.Navigate(e.URLs[0]+"/"))
	b.follow(`a[href="jobs"]`)
	if got := b.value("document.title"); got != "OTA batches" {
		t.Fatalf("the landing page leads to %q", got)
	}
	// shown evaluates to the JobIds in the table in their order.
	const shown = `[...document.querySelectorAll("tbody code:first-of-type")].map(e => e.textContent).join()`

	b.test("the style sheet applies", func(t *testing.T) {
		if got := b.value(`getComputedStyle(document.querySelector("table")).borderCollapse`); got != "collapse" {
			t.Errorf("border-collapse is %s", got)
		}
	})
	b.test("the filter works", func(t *testing.T) {
		b.do(chromedp.SendKeys(chromedp.CSS("input[name=text]"), "stuck"))
		b.follow("button")
		if got := b.value(shown); got != stuckBatch {
			t.Errorf("batches with the text stuck: %s", got)
		}
		if got := b.value(`document.querySelector("input[name=text]").value`); got != "stuck" {
			t.Errorf("the filter has the text %q", got)
		}
		b.follow("nav a.failing")
		if got := b.value(shown); !strings.Contains(got, "DeletedBatch") {
			t.Errorf("failing batches: %s", got)
		}
		b.do(chromedp.SetValue(chromedp.CSS("select[name=only]"), ""), chromedp.SetValue(chromedp.CSS("select[name=status]"), "PLANNED"),
			chromedp.SetValue(chromedp.CSS("select[name=account]"), "partner"))
		b.follow("button")
		if got := b.value(`[...document.querySelectorAll(".status")].map(e => e.textContent).join()`); got != "PLANNED" {
			t.Errorf("the planned batches of the partner have the statuses %s", got)
		}
	})
	b.test("a click on a heading sorts, a second one reverses the order", func(t *testing.T) {
		b.do(chromedp.Navigate(e.URLs[0] + "/jobs?status=COMPLETED"))
		b.follow(`a[href*="sort=batch"]`)
		up := b.value(shown)
		b.follow(`a[href*="sort=-batch"]`)
		if down := b.value(shown); up == down || len(up) != len(down) {
			t.Errorf("ascending %s, descending %s", up, down)
		}
	})
	b.test("readable in light and dark", func(t *testing.T) {
		for _, name := range []string{"light", "dark"} {
			b.do(colours(name), chromedp.Navigate(e.URLs[0]+"/jobs"))
			if got := b.value(faint); got != "" {
				t.Errorf("%s: contrast below 4.5 to 1: %s", name, got)
			}
		}
	})
	b.test("a batch has a page, and the way back keeps the filter", func(t *testing.T) {
		b.do(chromedp.Navigate(e.URLs[0] + "/jobs?account=production&text=stuck"))
		b.follow("tbody th a")
		if got := b.value(`location.pathname`); got != "/jobs/production/"+stuckBatch {
			t.Fatalf("the link leads to %s", got)
		}
		b.follow(`a[href^="../../jobs"]`)
		if got := b.value(`location.pathname + location.search`); got != "/jobs?account=production&text=stuck" {
			t.Errorf("the way back leads to %s", got)
		}
		if got := b.value(shown); got != stuckBatch {
			t.Errorf("the batches there: %s", got)
		}
	})
	b.test("the keyboard reaches everything, and shows where it is", func(t *testing.T) {
		b.do(chromedp.Navigate(e.URLs[0]+"/jobs"), chromedp.KeyEvent("\t"))
		const focus = `(e => e.className + " " + getComputedStyle(e).outlineStyle + " " + (e.getBoundingClientRect().left >= 0))(document.activeElement)`
		if got := b.value(focus); got != "skip solid true" {
			t.Errorf("the first key leads to %q, want the visible link that skips", got)
		}
		b.do(chromedp.KeyEvent("\r"), chromedp.KeyEvent("\t"))
		if got := b.value(`document.querySelector("main").contains(document.activeElement)`); got != "true" {
			t.Error("the link does not skip to the content")
		}
		// Go through the whole page.
		b.do(chromedp.Navigate(e.URLs[0] + "/jobs"))
		reached := map[string]bool{}
		for range 300 {
			b.do(chromedp.KeyEvent("\t"))
			name := b.value(`(document.activeElement.closest("thead, tbody, nav, form, summary, header") ?? document.activeElement).tagName`)
			if name == "BODY" || name == "A" && len(reached) > 1 { // the end, or the beginning again
				break
			}
			if b.value(`getComputedStyle(document.activeElement).outlineStyle`) == "none" {
				t.Errorf("the focus on a <%s> is invisible", name)
			}
			reached[name] = true
		}
		for _, name := range []string{"THEAD", "TBODY", "NAV", "FORM", "SUMMARY", "HEADER", "A"} {
			if !reached[name] {
				t.Errorf("the keyboard does not reach a <%s>: %v", name, reached)
			}
		}
	})
	b.test("nothing is beyond the right edge, in both languages", func(t *testing.T) {
		for _, language := range []string{"en", "zh"} {
			b.do(chromedp.Navigate(e.URLs[0] + "/jobs?lang=" + language))
			for _, width := range []int{390, 768, 1024, 1247, 1249, 1280, 1920} { // cards become a table at 78rem
				b.do(chromedp.EmulateViewport(int64(width), 900))
				if got := b.value(`document.documentElement.scrollWidth`); got != strconv.Itoa(width) {
					t.Errorf("%s: at a width of %d, the page is %s pixels wide", language, width, got)
				}
			}
		}
	})
	b.test("a phone shows the first batch at once", func(t *testing.T) {
		b.do(chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile), chromedp.Navigate(e.URLs[0]+"/jobs"))
		if got := b.value(`document.documentElement.scrollWidth`); got != "390" {
			t.Errorf("the page is %s pixels wide", got)
		}
		if got := b.value(`document.querySelector("tbody tr").getBoundingClientRect().top < 400`); got != "true" {
			t.Error("the first batch is too far down")
		}
		b.do(chromedp.Navigate(e.URLs[0] + "/jobs/production/" + stuckBatch))
		if got := b.value(`[...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > 390).map(e => e.tagName + "." + e.className + " " + e.textContent.slice(0, 40)).join()`); got != "" {
			t.Errorf("the page of a batch is too wide at %s", got)
		}
		b.do(chromedp.Navigate(e.URLs[0] + "/jobs"))
		const visible = `document.querySelector("select[name=status]").checkVisibility({contentVisibilityAuto: true})`
		if got := b.value(visible); got != "false" {
			t.Error("the filters are not folded")
		}
		b.do(chromedp.Click(chromedp.CSS(".filters summary")))
		if got := b.value(visible); got != "true" {
			t.Error("the filters do not unfold")
		}
		b.do(chromedp.EmulateViewport(1400, 900), chromedp.Navigate(e.URLs[0]+"/jobs"))
		if got := b.value(visible); got != "true" {
			t.Error("the filters are folded on a wide screen")
		}
	})
	b.test("in Chinese, from page to page", func(t *testing.T) {
		b.do(chromedp.EmulateViewport(1400, 900), chromedp.Navigate(e.URLs[0]+"/jobs?text=stuck"))
		b.follow("a.language")
		if got := b.value(`document.documentElement.lang + " " + document.title + " " + location.search`); got != "zh-CN OTA 升级批次 ?lang=zh&text=stuck" {
			t.Errorf("the other language is %s", got)
		}
		for _, selector := range []string{"form button", "tbody th a", `a[href^="../../jobs"]`, "header a", `a[href^="jobs"]`} {
			b.follow(selector)
			if got := b.value(`document.documentElement.lang`); got != "zh-CN" {
				t.Errorf("behind %s is %s, in the language %s", selector, b.value("location.href"), got)
			}
		}
		b.follow("a.language")
		if got := b.value(`document.documentElement.lang`); got != "en" {
			t.Errorf("back in the language %s", got)
		}
	})
	b.test("a screen reader finds the table of the cards of a phone", func(t *testing.T) {
		b.do(chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile), chromedp.Navigate(e.URLs[0]+"/jobs"))
		if got := b.value(roleless); got != "" {
			t.Errorf("these are no parts of a table for some browsers: %s", got)
		}
		rows, cells := b.count(`document.querySelectorAll("tbody tr").length`), b.count(`document.querySelectorAll("tbody td:not(:empty)").length`)
		roles := b.roles()
		if roles["table"] != 1 || roles["row"] != rows || roles["rowheader"] != rows || roles["cell"]+roles["gridcell"] != cells {
			t.Errorf("the page has %d rows with %d cells, the accessibility tree %v", rows, cells, roles)
		}
	})
	b.checkConsole()
}

// roleless lists the parts of tables that the style sheet shows otherwise and that have no
// explicit role. Some browsers do not tell a screen reader that they are parts of a table.
const roleless = `[...document.querySelectorAll("table, thead, tbody, tr, th, td")].filter(e =>
	e.checkVisibility() && !getComputedStyle(e).display.startsWith("table") && !e.hasAttribute("role")).map(e => e.outerHTML.slice(0, 60)).join()`

// faint lists the elements whose text has a contrast below 4.5 to 1, the minimum of WCAG 2,
// level AA.
const faint = `(() => {
	const rgb = c => c.match(/[\d.]+/g).map(Number);
	const light = c => { const [r, g, b] = rgb(c).map(v => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); return .2126 * r + .7152 * g + .0722 * b; };
	const ground = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor; if (rgb(c)[3] !== 0) return c; } return "rgb(255, 255, 255)"; };
	const words = [...document.querySelectorAll("body *")].filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()));
	if (words.length < 50) return "only " + words.length + " elements with text";
	const bad = words.filter(e => { const a = light(getComputedStyle(e).color), b = light(ground(e)); return (Math.max(a, b) + .05) / (Math.min(a, b) + .05) < 4.5; });
	return [...new Set(bad.map(e => e.tagName + "." + e.className))].join(" ");
})()`

// Text of the API that looks like HTML, CSS or a script is shown as text. Bidirectional
// control characters in it do not change the direction of the text around it.
func TestHostileTextInBrowser(t *testing.T) {
	t.Parallel()
	hostile := `</bdi></style><script>alert(1)</script><img src=x onerror=alert(2)><svg onload=alert(3)>` + "\u2069\u202eevil\u202c" + strings.Repeat("W", 100)
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `{"RequestId":%[1]q,"Success":true,"Data":{"JobStatus":%[1]q,"Name":%[1]q,"JobDesc":%[1]q,"DestVersion":%[1]q}}`, hostile)
	}))
	defer api.Close()
	e := exportertest.Start(t, "--config.file="+exportertest.TempFile(t, "config.yml", strings.Replace(exportertest.SmallestConfig, "http://127.0.0.1:9", api.URL, 1)))
	e.Await("/jobs", "alert(1)")
	b := openBrowser(t)
	b.do(chromedp.Navigate(e.URLs[0] + "/jobs"))
	// The elements in which /jobs shows text of the API.
	for _, selector := range []string{".name", ".version bdi", "tbody th > bdi", ".status"} {
		if got := b.value(fmt.Sprintf("document.querySelector(%q)?.textContent", selector)); got != printable.Text(hostile) {
			t.Errorf("%s shows %q", selector, got)
		}
	}
	if got := b.value(turnedRound); got != "" {
		t.Errorf("characters that are not from left to right: %s", got)
	}
	for _, width := range []int{390, 1400} {
		b.do(chromedp.EmulateViewport(int64(width), 900))
		if got := b.value(`document.documentElement.scrollWidth`); got != strconv.Itoa(width) {
			t.Errorf("at a width of %d, the page is %s pixels wide", width, got)
		}
	}
	// The page itself has no such elements.
	if got := b.value(`document.querySelectorAll("script, img, svg[onload]").length`); got != "0" {
		t.Errorf("the page has %s elements made from text of the API", got)
	}
	b.checkConsole()
}

// turnedRound lists the pairs of adjacent characters of which the second one stands to the
// left of the first one.
const turnedRound = `(() => {
	const texts = document.createTreeWalker(document.querySelector("tbody"), NodeFilter.SHOW_TEXT);
	const bad = [];
	for (let n; n = texts.nextNode();) {
		let last;
		for (let i = 0; i < n.data.length; i++) {
			const range = document.createRange();
			range.setStart(n, i);
			range.setEnd(n, i + 1);
			const box = range.getBoundingClientRect();
			if (last && box.width && Math.abs(last.top - box.top) < 2 && box.left < last.left) bad.push(n.data.slice(i - 1, i + 1));
			if (box.width) last = box;
		}
	}
	return bad.join(" ");
})()`
