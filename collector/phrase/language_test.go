package phrase

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// The parameter of the URL goes before the preferences of the browser.
func TestChoose(t *testing.T) {
	for name, c := range map[string]struct {
		url, accept string
		want        Language
		chosen      bool
	}{
		"nothing":                               {"/", "", English, false},
		"a Chinese browser":                     {"/", "zh-CN,zh;q=0.9,en;q=0.8", Chinese, false},
		"a browser in Singapore":                {"/", "zh-SG", Chinese, false},
		"a browser in Taiwan":                   {"/", "zh-TW,zh;q=0.9,en-US;q=0.8", Chinese, false},
		"Taiwan, then English":                  {"/", "zh-TW,en;q=0.8", Chinese, false},
		"traditional characters, then English":  {"/", "zh-Hant,en-US;q=0.9", Chinese, false},
		"Hong Kong, then English":               {"/", "zh-HK,en-GB;q=0.9,en;q=0.8", Chinese, false},
		"the long form of Hong Kong":            {"/", "zh-Hant-HK", Chinese, false},
		"the long form of an Apple device":      {"/", "zh-Hans-CN, en-CN;q=0.9", Chinese, false},
		"Cantonese":                             {"/", "yue", Chinese, false},
		"Cantonese in Hong Kong, then English":  {"/", "yue-HK,en;q=0.9", Chinese, false},
		"Cantonese as an extension":             {"/", "zh-yue", Chinese, false},
		"Mandarin":                              {"/", "cmn-Hans-CN", Chinese, false},
		"Shanghainese":                          {"/", "wuu", Chinese, false},
		"Chinese a little more than English":    {"/", "zh;q=0.5, en;q=0.4", Chinese, false},
		"weights without order":                 {"/", "en;q=0.4, fr, zh;q=0.5", Chinese, false},
		"Chinese excluded":                      {"/", "zh;q=0, en;q=0.1", English, false},
		"Chinese excluded, and nothing else":    {"/", "zh;q=0", English, false},
		"Chinese before anything":               {"/", "zh, *;q=0.1", Chinese, false},
		"anything, then Chinese":                {"/", "*, zh;q=0.5", Chinese, false},
		"underscore, as Java writes it":         {"/", "zh_CN", Chinese, false},
		"malformed parts around Chinese":        {"/", ";;q=x,zh-CN;q=0.9,\x00", Chinese, false},
		"a weight that is no number":            {"/", "zh;q=high, en;q=0.1", English, false},
		"Japanese":                              {"/", "ja-JP", English, false},
		"Tibetan in China, then Chinese":        {"/", "bo-CN,zh-CN;q=0.8", Chinese, false},
		"no language, but a reader in China":    {"/", "und-CN", Chinese, false},
		"an English browser":                    {"/", "en-GB,en;q=0.9", English, false},
		"English before Chinese":                {"/", "en;q=0.9,zh;q=0.8", English, false},
		"Chinese before English":                {"/", "en;q=0.5,zh;q=0.8", Chinese, false},
		"neither":                               {"/", "fr-FR,fr;q=0.9", English, false},
		"neither, then Chinese":                 {"/", "fr,zh;q=0.5", Chinese, false},
		"anything":                              {"/", "*", English, false},
		"malformed":                             {"/", ";;q=x,,\x00", English, false},
		"long, and what counts comes too late":  {"/", strings.Repeat("fr,", 500) + "zh", English, false},
		"hostile":                               {"/", strings.Repeat("a-", 10_000), English, false},
		"chosen":                                {"/?lang=zh", "en", Chinese, true},
		"chosen, the long form":                 {"/?status=x&lang=zh-CN", "", Chinese, true},
		"chosen, with an underscore":            {"/?lang=zh_CN", "en", Chinese, true},
		"chosen, in capitals":                   {"/?lang=ZH", "en", Chinese, true},
		"chosen by the country":                 {"/?lang=cn", "en", Chinese, true},
		"chosen, for Taiwan":                    {"/?lang=zh-TW", "en", Chinese, true},
		"Cantonese chosen":                      {"/?lang=yue", "en", Chinese, true},
		"American English chosen":               {"/?lang=en-US", "zh", English, true},
		"a region that is not there":            {"/?lang=zh-XYZQ", "en", English, false},
		"a list is no choice":                   {"/?lang=zh,en", "en", English, false},
		"no language, but the default":          {"/?lang=und", "zh", Chinese, false},
		"English chosen in a Chinese browser":   {"/?lang=en", "zh", English, true},
		"a language that is not there":          {"/?lang=fr", "zh", Chinese, false},
		"no language":                           {"/?lang=%00", "zh", Chinese, false},
		"an empty choice":                       {"/?lang=", "zh", Chinese, false},
		"a choice beside a malformed parameter": {"/?%zz&lang=zh", "", Chinese, true},
	} {
		r := httptest.NewRequest(http.MethodGet, c.url, http.NoBody)
		r.Header.Set("Accept-Language", c.accept)
		got, chosen := Choose(r)
		if got != c.want || chosen != "" != c.chosen || c.chosen && chosen != got {
			t.Errorf("%s: %q, chosen %q", name, got, chosen)
		}
	}
}

// Each language offers another one, and its tag chooses it.
func TestOther(t *testing.T) {
	for _, l := range Languages {
		r := httptest.NewRequest(http.MethodGet, "/?lang="+l.Tag(), http.NoBody)
		if got, _ := Choose(r); got != l || l.Other() == l || l.Other().Other() != l {
			t.Errorf("%s: its tag chooses %s, and it offers %s", l, got, l.Other())
		}
	}
}
