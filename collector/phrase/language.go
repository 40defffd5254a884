package phrase

import (
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

var matcher = language.NewMatcher([]language.Tag{language.English, language.SimplifiedChinese})

// maxPreferences is the maximum length of what a browser says about languages, in bytes. The
// rest is ignored.
const maxPreferences = 500

// Choose returns the language for the reader of a page: the one in the lang parameter of the
// URL, which is then also chosen for the pages that this one links to, or the one that the
// browser prefers. chosen is "" for the latter.
func Choose(r *http.Request) (l, chosen Language) {
	// Values after a malformed parameter still count.
	if tag := r.URL.Query().Get("lang"); tag != "" && len(tag) < maxPreferences {
		if l, ok := match(tag); ok {
			return l, l
		}
	}
	preferred := strings.Join(r.Header.Values("Accept-Language"), ",")
	l, _ = match(preferred[:min(len(preferred), maxPreferences)])
	return l, ""
}

// match returns the language that fits the preferences best. It is not ok if none fits.
func match(preferences string) (l Language, ok bool) {
	tags, _, err := language.ParseAcceptLanguage(preferences)
	if err != nil || len(tags) == 0 {
		return Languages[0], false
	}
	_, i, confidence := matcher.Match(tags...)
	return Languages[i], confidence != language.No
}

// Other returns the language that a page offers in place of this one.
func (l Language) Other() Language {
	return Languages[(slices.Index(Languages, l)+1)%len(Languages)]
}
