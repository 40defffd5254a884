package translation_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	// number is a number in digits, with separators and decimals.
	number = regexp.MustCompile(`\d[\d,.]*\d|\d`)
	// notCounted is what has digits without saying a number: code, links, addresses and actions.
	notCounted = regexp.MustCompile("`[^`]*`|\\]\\([^)]*\\)|https?://\\S+|\\{\\{.*?\\}\\}")
	// numerals are what Chinese writes in digits, and English in words.
	numerals = strings.NewReplacer("ten", "10")
)

// A Chinese text has the numbers of the English one. 0 may be added, where it says "nothing".
func TestNumbersInPairs(t *testing.T) {
	compared := 0
	for name, dictionary := range allDictionaries(generate(t)) {
		for _, p := range dictionary.Pairs {
			en, zh := numbersIn(p.En), numbersIn(p.Zh)
			if len(en) > 0 {
				compared++
			}
			if p.Zh == throttled {
				continue
			}
			if missing := without(en, zh); len(missing) > 0 {
				t.Errorf("%s: %q has %q, in Chinese %q has not", name, p.En, missing, p.Zh)
			}
			if added := without(zh, append(numbersIn(numerals.Replace(p.En)), "0")); len(added) > 0 {
				t.Errorf("%s: %q has not %q of the Chinese %q", name, p.En, added, p.Zh)
			}
		}
	}
	if compared < 150 {
		t.Errorf("%d pairs with numbers", compared)
	}
}

// throttled repeats the log line that it explains, in Chinese.
const throttled = "触发 API 流控，受影响的槽位暂停 15 到 45 s。其他程序也在使用该账号；如果持续出现，请调低 `requests_per_second`。"

func numbersIn(text string) []string {
	return sorted(number.FindAllString(notCounted.ReplaceAllString(text, " "), -1))
}

// without are the texts that are not among others.
func without(texts, others []string) []string {
	return slices.DeleteFunc(slices.Clone(texts), func(text string) bool { return slices.Contains(others, text) })
}
