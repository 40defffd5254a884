// Package printable makes text that others wrote safe to show: in a terminal, in a log,
// on a page. It knows nothing of where the text comes from.
package printable

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Unsafe reports whether a character can steer a terminal (control characters, C0 and C1),
// change the order in which the text around it is shown (bidirectional controls), or end a
// line where few expect it (U+2028, U+2029). A byte order mark inside a text is invisible
// and belongs to it, too. The joiners U+200C and U+200D are safe: Persian and emoji need them.
func Unsafe(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control, unicode.Zl, unicode.Zp) || r == '\ufeff'
}

// Text is s in one line of valid UTF-8, with unsafe characters escaped as in \u202e. White
// space of every kind becomes a blank.
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

// Escape is an unsafe character as JSON and logfmt write it inside quotes.
func Escape(r rune) string { return fmt.Sprintf(`\u%04x`, r) }

// Cut shortens s to at most limit bytes, between two characters.
func Cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	// At most three steps: what is not UTF-8 may have no beginning of a character at all.
	for end := limit; end > max(0, limit-utf8.UTFMax); end-- {
		if utf8.RuneStart(s[end]) {
			return s[:end]
		}
	}
	return s[:limit]
}

// Shorten is Cut that says so: a text longer than limit ends in a mark with its whole
// length. The result is at most limit bytes long; limit must leave room for the mark.
func Shorten(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	mark := fmt.Sprintf("… (cut, %d bytes)", len(s))
	return Cut(s, limit-len(mark)) + mark
}
