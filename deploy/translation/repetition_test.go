package translation_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/translation"
)

// No sentence stands in two pairs, of one dictionary or of two: whoever changes it changes it
// once, and a document says what a page says.
func TestNoSentenceStandsTwice(t *testing.T) {
	made := generate(t)
	in := map[string][]string{} // the dictionaries of each sentence
	for name, dictionary := range allDictionaries(made) {
		for _, text := range dictionary.Repeated() {
			t.Errorf("%s repeats %q of a dictionary above: remove it from the pair", name, text)
		}
		for _, p := range dictionary.Pairs {
			sentences := translation.Sentences(p.En)
			for _, text := range sentences {
				if !translation.IsShort(text) {
					in[text] = append(in[text], name)
				} else if len(sentences) == 1 {
					in[text+" = "+p.Zh] = append(in[text+" = "+p.Zh], name)
				}
			}
		}
	}
	for text, names := range in {
		if len(names) > 1 {
			t.Errorf("%q stands in %s: make it a pair of its own, in deploy/dictionary.zh-CN.yml if several folders need it", text, strings.Join(names, " and "))
		}
	}
	if len(in) < 1000 {
		t.Errorf("only %d sentences", len(in))
	}
}

// No Chinese sentence stands in two pairs either, although their English differs. Sentences of a
// few characters may.
func TestNoChineseSentenceStandsTwice(t *testing.T) {
	const short = 8 // Han characters
	ended, han := regexp.MustCompile(`[^。！？\n]+[。！？]`), regexp.MustCompile(`\p{Han}`)
	in := map[string][]string{}
	for name, dictionary := range allDictionaries(generate(t)) {
		for _, p := range dictionary.Pairs {
			for _, sentence := range ended.FindAllString(p.Zh, -1) {
				if len(han.FindAllString(sentence, -1)) >= short {
					in[sentence] = append(in[sentence], name)
				}
			}
		}
	}
	for sentence, names := range in {
		if len(names) > 1 {
			t.Errorf("%q stands in %s: say it once, or say in the English what differs", sentence, strings.Join(names, " and "))
		}
	}
}

// allDictionaries are those of the folders and the one of the pages.
func allDictionaries(made *translation.Result) map[string]*translation.Dictionary {
	all := maps.Clone(made.Dictionaries)
	all["the dictionary of the pages"] = made.Pages
	return all
}

// A text without a pair of its own is put together from sentences that have one, here or above.
func TestSentences(t *testing.T) {
	pages := parse(t, `
- {en: "{endpoint} does not know the region.", zh: "{endpoint}不支持该地域。"}
- {en: Wait a few minutes. Then ask., zh: 请等待几分钟，然后询问。}
- {en: Batch, zh: 升级批次}
`, nil)
	shared := parse(t, `
- {en: A scrape never calls the API., zh: 抓取从不调用 API。}
`, pages)
	folder := parse(t, `
- {en: the gateway, zh: 网关}
- {en: "See [it](a.md).", zh: "见[此处](a.md)。"}
- {en: Batch, zh: 批次}
- {en: It is `+"`a. B`"+` (or e.g. c)., zh: 它是}
`, shared)
	for en, want := range map[string]string{
		"A scrape never calls\nthe API.":                          "抓取从不调用 API。",
		"The gateway does not know the region.":                   "网关不支持该地域。",
		"https://x does not know the region.":                     "https://x 不支持该地域。",
		"Wait a few minutes. Then ask. See [it](a.md).":           "请等待几分钟，然后询问。见[此处](a.md)。",
		"It is `a. B` (or e.g. c). A scrape never calls the API.": "它是 抓取从不调用 API。",
		"Batch": "批次",
		"See [it](a.md). Nobody knows this. Nor that. Wait a few minutes. Then ask.": "See [it](a.md). Nobody knows this. Nor that. Wait a few minutes. Then ask.",
		"The proxy does not know the region.":                                        "The proxy does not know the region.",
	} {
		if got := folder.Translate(en); got != want {
			t.Errorf("%q is %q, want %q", en, got, want)
		}
	}
	if difference := cmp.Diff([]string{"Nobody knows this. Nor that.", "The proxy does not know the region."}, slices.Sorted(slices.Values(folder.Missing))); difference != "" {
		t.Errorf("missing: %s", difference)
	}
	for name, c := range map[string]struct {
		dictionary *translation.Dictionary
		want       []string
	}{
		"all in use":                      {folder, nil},
		"of several folders, used by one": {shared, []string{"A scrape never calls the API."}},
	} {
		if difference := cmp.Diff(c.want, c.dictionary.Unused()); difference != "" {
			t.Errorf("unused, %s: %s", name, difference)
		}
	}
}

// A dictionary does not repeat what one above has, unless a word means something else.
func TestRepeated(t *testing.T) {
	above := parse(t, `
- {en: A scrape never calls the API., zh: 抓取从不调用 API。}
- {en: "{endpoint} does not know the region.", zh: "{endpoint}不支持该地域。"}
- {en: Alerts, zh: 告警}
- {en: Batch, zh: 批次}
`, nil)
	below := parse(t, `
- {en: It is safe. A scrape never calls the API., zh: 安全。}
- {en: "`+"`x`"+` does not know the region.", zh: 不支持}
- {en: Alerts, zh: 告警列表}
- {en: Batch, zh: 批次}
`, above)
	want := []string{"A scrape never calls the API.", "Batch", "`x` does not know the region."}
	got := below.Repeated()
	slices.Sort(got)
	if difference := cmp.Diff(want, slices.Compact(got)); difference != "" {
		t.Error(difference)
	}
}

func parse(t *testing.T, text string, above *translation.Dictionary) *translation.Dictionary {
	t.Helper()
	d, err := translation.ParseDictionary([]byte(text), above)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
