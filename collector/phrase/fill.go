package phrase

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// name matches a name in a text that stands for a value: {endpoint}.
var name = regexp.MustCompile(`\{[a-z ]+\}`)

// Fill puts values in the place of their names, such as {endpoint}, in a text of the language.
// In Chinese, a space separates a value from the text where Latin letters or digits meet
// Chinese characters.
func (l Language) Fill(text string, values map[string]string) string {
	var b strings.Builder
	add := func(part string) {
		if part == "" {
			return
		}
		before, _ := utf8.DecodeLastRuneInString(b.String())
		after, _ := utf8.DecodeRuneInString(part)
		if l == Chinese && (unicode.Is(unicode.Han, before) && isLatin(after) || isLatin(before) && unicode.Is(unicode.Han, after)) {
			b.WriteByte(' ')
		}
		b.WriteString(part)
	}
	from := 0
	for _, at := range name.FindAllStringIndex(text, -1) {
		value, ok := values[text[at[0]:at[1]]]
		if !ok {
			continue
		}
		add(text[from:at[0]])
		add(value)
		from = at[1]
	}
	add(text[from:])
	return b.String()
}

func isLatin(r rune) bool {
	return unicode.Is(unicode.Latin, r) || '0' <= r && r <= '9'
}
