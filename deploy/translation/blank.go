package translation

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/phrase"
)

// A blank is a pair with names that stand for other texts: {endpoint} does not know the region.
// Documents have the text with the names filled in, and no pair for it.
type blank struct {
	key, zh string
	names   []string // in the order of the English text
	filled  *regexp.Regexp
}

var blankName = regexp.MustCompile(`\{[a-z ]+\}`)

func newBlank(p Pair) (b blank, is bool) {
	key := oneLine(p.En)
	names := blankName.FindAllString(key, -1)
	if len(names) == 0 || action.MatchString(key) {
		return blank{}, false
	}
	pattern := regexp.QuoteMeta(key)
	for _, name := range names {
		pattern = strings.Replace(pattern, regexp.QuoteMeta(name), "(.+)", 1)
	}
	return blank{key: key, zh: strings.TrimSpace(p.Zh), names: names, filled: regexp.MustCompile("^" + pattern + "$")}, true
}

// fill returns the Chinese text of an English one that the pair becomes, where find has
// translations of all that is filled in.
func (b blank) fill(text string, find func(string) (string, bool)) (zh string, fits bool) {
	found := b.filled.FindStringSubmatch(text)
	if found == nil {
		return "", false
	}
	values := map[string]string{}
	for i, name := range b.names {
		value, known := find(found[i+1])
		if !known { // at the beginning of a sentence
			first, size := utf8.DecodeRuneInString(found[i+1])
			value, known = find(string(unicode.ToLower(first)) + found[i+1][size:])
		}
		if !known && IsProse(found[i+1]) {
			return "", false
		} else if !known {
			value = found[i+1] // code or an address
		}
		values[name] = value
	}
	return phrase.Chinese.Fill(b.zh, values), true
}
