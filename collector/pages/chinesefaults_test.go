package pages_test

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/pages"
)

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
	// ill is a Chinese character that touches a letter, a number or English punctuation, a space that
	// Chinese punctuation contains already, or a percent sign apart from its number.
	ill = regexp.MustCompile(`\p{Han}[A-Za-z0-9,;:!?()]|[A-Za-z0-9%,;:!?()]\p{Han}|[，。；：、（“][ \x{a0}]|[ \x{a0}][，。；：、）”]|\d[ \x{a0}]%`)
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
			if isPerceived(n, a.Key) && !strings.Contains(data, a.Val) {
				check(a.Key, a.Val)
			}
		}
		if n.Type == html.TextNode && !inParagraph(n) && !isData(n, data) {
			check("text in <"+n.Parent.Data+">", n.Data)
		}
		if isParagraph(n) && harness.Attribute(n, "class") != "language" {
			check("<"+n.Data+">", said(n, data))
		}
	}
	return all
}

// technical are the attributes that no reader sees or hears.
var technical = strings.Fields(`action aria-controls aria-current aria-hidden aria-labelledby aria-sort charset checked class colspan content
	d datetime disabled fill for height href hreflang id lang method name open preserveaspectratio rel role scope selected
	style tabindex translate type value viewbox width x xlink:href y`)

// isPerceived reports whether a reader sees or hears an attribute of an element.
func isPerceived(n *html.Node, name string) bool {
	switch {
	case name == "value" && n.Data == "input":
		return slices.Contains([]string{"submit", "reset", "button"}, harness.Attribute(n, "type"))
	case name == "content":
		return harness.Attribute(n, "name") == "description"
	}
	return !slices.Contains(technical, strings.ToLower(name))
}

// inParagraph reports whether a text is part of a paragraph, or nothing to read.
func inParagraph(text *html.Node) bool {
	for n := text.Parent; n != nil; n = n.Parent {
		if isParagraph(n) || slices.Contains([]string{"style", "script", "code", "pre"}, n.Data) {
			return true
		}
	}
	return false
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
