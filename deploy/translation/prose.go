package translation

import (
	"regexp"
	"strings"
	"unicode"
)

var (
	// What is not for the reader: code, templates, link targets and definitions, URLs, tags,
	// variables.
	notWords = regexp.MustCompile("(?s)``.+?``|`[^`]*`|\\{\\{.*?\\}\\}|\\]\\([^)]*\\)|\\]\\[[^]]*\\]|https?://[^\\s)>，。；、]+|<!--.*?-->|<[^>]*>|(?m:^\\[[^]\n]+\\]: \\S+$)|\\$\\{?\\w+\\}?")
	// Runs of characters without a space or punctuation between words.
	chunk = regexp.MustCompile(`[A-Za-z0-9_./:@=~*#&+-]+`)
	plain = regexp.MustCompile(`^[A-Za-z-]+$`)
	word  = regexp.MustCompile(`^[A-Z]?[a-z]{2,}$`)
)

// IsProse reports whether a text has English words to translate, and not only code, numbers,
// abbreviations and identifiers such as QueryOTAJob, IN_PROGRESS, p99 or --config.file.
func IsProse(text string) bool { return len(words(text)) > 0 }

// words are the English words of a text, without identifiers and paths.
func words(text string) (all []string) {
	for _, c := range chunk.FindAllString(notWords.ReplaceAllString(text, " "), -1) {
		c = strings.Trim(c, ".:*&-")
		if !plain.MatchString(c) {
			continue
		}
		for part := range strings.SplitSeq(c, "-") {
			if word.MatchString(part) {
				all = append(all, part)
			}
		}
	}
	return all
}

// HasHan reports whether a text has a Chinese character.
func HasHan(text string) bool { return strings.ContainsFunc(text, isHan) }

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }

// Names are the English words that Chinese sentences use, such as Prometheus and vmalert: a
// text that consists of them alone is the same in both languages.
type Names map[string]bool

// NamesIn collects the names in Chinese texts. A text without a Chinese character counts as
// no evidence.
func NamesIn(texts ...string) Names {
	names := Names{}
	for _, text := range texts {
		if HasHan(text) {
			for _, w := range words(text) {
				names[w] = true
			}
		}
	}
	return names
}

// LeftInEnglish reports whether a text that should be Chinese is still English: it has
// words other than names, and no Chinese character, or a phrase of three English words.
func (n Names) LeftInEnglish(text string) bool {
	if !HasHan(text) {
		for _, w := range words(text) {
			if !n[w] {
				return true
			}
		}
		return false
	}
	return threeWords.MatchString(properNames.ReplaceAllString(notWords.ReplaceAllString(text, "|"), "|"))
}

// properNames are names of several words: a button of GitHub, and a chart of Grafana.
var properNames = regexp.MustCompile(`Report a vulnerability|Grafana Helm chart`)

var threeWords = regexp.MustCompile(`(?:\b[A-Z]?[a-z]+,? ){2}[a-z]+\b`)
