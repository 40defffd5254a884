package phrase

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"golang.org/x/text/language"
)

// Language is a language of the pages, as in the lang attribute of HTML.
type Language string

const (
	English Language = "en"
	Chinese Language = "zh-CN"
)

// Languages are all of them. The first one is for readers who want none of them.
var Languages = []Language{English, Chinese}

// Name is what the language calls itself.
func (l Language) Name() string {
	if l == Chinese {
		return "中文"
	}
	return "English"
}

// Tag is the short name of the language in the lang parameter of a URL.
func (l Language) Tag() string {
	tag, _, _ := strings.Cut(string(l), "-")
	return tag
}

// chineseLanguages are those whose readers read Chinese rather than English: Mandarin, Cantonese,
// Wu, Min Nan, Hakka, Gan and Xiang. There is one Chinese text, in simplified characters, for all
// of them, wherever they live.
var chineseLanguages = []string{"zh", "cmn", "yue", "wuu", "nan", "hak", "gan", "hsn"}

// maxPreferences is the maximum length of what a browser says about languages, in bytes. The
// rest is ignored.
const maxPreferences = 500

// Choose returns the language for the reader of a page: the one in the lang parameter of the
// URL, which is then also chosen for the pages that this one links to, or the one that the
// browser prefers. chosen is "" for the latter.
func Choose(r *http.Request) (l, chosen Language) {
	// Values after a malformed parameter still count.
	if l, ok := Parse(r.URL.Query().Get("lang")); ok {
		return l, l
	}
	preferred := strings.Join(r.Header.Values("Accept-Language"), ",")
	return preferredOf(preferred[:min(len(preferred), maxPreferences)]), ""
}

// Parse returns the language that a tag such as zh, zh-CN or EN_us means. People also write cn.
func Parse(tag string) (l Language, ok bool) {
	if len(tag) > maxPreferences {
		return Languages[0], false
	}
	if strings.EqualFold(tag, "cn") {
		return Chinese, true
	}
	parsed, err := language.Parse(tag)
	if err != nil {
		return Languages[0], false
	}
	return of(parsed)
}

// of returns the language for readers of another one.
func of(tag language.Tag) (l Language, ok bool) {
	switch base, _ := tag.Base(); {
	case slices.Contains(chineseLanguages, base.String()):
		return Chinese, true
	case base.String() == "en" && !tag.IsRoot():
		return English, true
	}
	return Languages[0], false
}

// preferredOf returns the first language of an Accept-Language header that the pages have. It
// passes over what cannot be read.
func preferredOf(preferences string) Language {
	type preference struct {
		tag    language.Tag
		weight float32
	}
	var all []preference
	for part := range strings.SplitSeq(preferences, ",") {
		tags, weights, err := language.ParseAcceptLanguage(part)
		if err == nil && len(tags) == 1 && weights[0] > 0 {
			all = append(all, preference{tags[0], weights[0]})
		}
	}
	slices.SortStableFunc(all, func(a, b preference) int { return cmp.Compare(b.weight, a.weight) })
	for _, p := range all {
		if l, ok := of(p.tag); ok {
			return l
		}
	}
	return Languages[0]
}

// Other returns the language that a page offers in place of this one.
func (l Language) Other() Language {
	return Languages[(slices.Index(Languages, l)+1)%len(Languages)]
}
