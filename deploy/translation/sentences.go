package translation

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// sentenceEnd is a full stop, with what closes after it.
var sentenceEnd = regexp.MustCompile(`[.?!][)"*]*( )(?:[^a-z]|$)`)

// Sentences cuts a text into its sentences. Full stops in code, links and templates end none.
func Sentences(text string) (all []string) {
	text = oneLine(text)
	visible := notWords.ReplaceAllStringFunc(text, func(hidden string) string { return strings.Repeat("x", len(hidden)) })
	from := 0
	for _, at := range sentenceEnd.FindAllStringSubmatchIndex(visible, -1) {
		all = append(all, text[from:at[2]])
		from = at[3]
	}
	return append(all, text[from:])
}

// IsShort reports whether a text has so few words that it may mean something else in another
// place: Alerts, What to do.
func IsShort(text string) bool { return len(strings.Fields(text)) < 5 }

// parts translates sentences that follow each other: those that have a pair together, the most
// first. What is between them is unknown.
func (d *Dictionary) parts(sentences []string) (zh, unknown []string) {
	var open []string
	flush := func() {
		if len(open) > 0 {
			unknown = append(unknown, strings.Join(open, " "))
			open = nil
		}
	}
	for len(sentences) > 0 {
		n := len(sentences)
		for ; n > 0; n-- {
			if text, known := d.find(strings.Join(sentences[:n], " ")); known {
				zh = append(zh, text)
				break
			}
		}
		if n > 0 {
			flush()
		} else {
			open = append(open, sentences[0])
			n = 1
		}
		sentences = sentences[n:]
	}
	flush()
	return zh, unknown
}

// joined puts Chinese sentences together. A Chinese full stop contains its space.
func joined(sentences []string) string {
	var b strings.Builder
	for _, s := range sentences {
		if last, _ := utf8.DecodeLastRuneInString(b.String()); b.Len() > 0 && !strings.ContainsRune("。！？；：", last) {
			b.WriteByte(' ')
		}
		b.WriteString(s)
	}
	return b.String()
}
