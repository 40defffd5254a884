// Package printable makes text from outside safe to show in a terminal, a log or a page.
// It escapes characters that could control a terminal or change how the text around them
// appears, and shortens text between characters.
//
// It does not know where the text comes from, and does not replace the escaping of HTML
// or JSON.
package printable

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Unsafe reports whether a character can control a terminal (control characters, C0 and
// C1), change the order of the text around it (bidirectional controls), or end a line
// unexpectedly (U+2028, U+2029). The invisible byte order mark is unsafe too. The joiners
// U+200C and U+200D are safe: Persian and emoji need them.
func Unsafe(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control, unicode.Zl, unicode.Zp) || r == '\ufeff'
}

// Text returns s as one line of valid UTF-8. Unsafe characters are escaped, such as
// \u202e; unsafe white space becomes a blank.
func Text(s string) string {
	if utf8.ValidString(s) && strings.IndexFunc(s, Unsafe) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s { // invalid UTF-8 reads as U+FFFD
		switch {
		case !Unsafe(r):
			b.WriteRune(r)
		case unicode.IsSpace(r):
			b.WriteByte(' ')
		default:
			b.WriteString(Escape(r))
		}
	}
	return b.String()
}

// Escape returns the escape of an unsafe character in JSON and logfmt.
func Escape(r rune) string { return fmt.Sprintf(`\u%04x`, r) }

// Cut shortens s to at most limit bytes. It cuts between two characters.
func Cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	// At most three steps, because invalid UTF-8 may have no beginning of a character.
	for end := limit; end > max(0, limit-utf8.UTFMax); end-- {
		if utf8.RuneStart(s[end]) {
			return s[:end]
		}
	}
	return s[:limit]
}

// Shorten shortens s to at most limit bytes, like Cut, and appends a mark with the
// original length. limit must leave room for the mark.
func Shorten(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	mark := fmt.Sprintf("… (cut, %d bytes)", len(s))
	return Cut(s, limit-len(mark)) + mark
}
