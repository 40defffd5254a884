package config

import (
	"strings"
	"unicode"
)

// checkName checks the name of an account. It becomes a label of every series, so a mistake that
// nobody sees in it would stay: correcting it starts new series.
func checkName(r *report, at, name string) {
	switch {
	case strings.TrimSpace(name) == "":
		r.wrong(at, "missing; write a name such as production, which becomes the value of the account label")
	case strings.TrimSpace(name) != name:
		r.wrong(at, "starts or ends with white space, which would be part of the account label; remove it")
	case strings.ContainsFunc(name, invisible):
		r.wrong(at, "contains a line break, a tab or another character that cannot be seen; remove it")
	case inQuotes(name) || inWideQuotes(name):
		r.wrong(at, "has quotes that would be part of the account label; write the name in one pair of \" or without quotes")
	case placeholder(name):
		r.wrong(at, notReplaced)
	}
}

// invisible reports whether a character of a name cannot be seen. Emoji and some scripts need the
// joiners, which change how their neighbours look.
func invisible(c rune) bool {
	const nonJoiner, joiner = '\u200c', '\u200d'
	return unicode.In(c, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) && c != nonJoiner && c != joiner
}

// inWideQuotes reports whether a text has the quotes of a Chinese keyboard around it, which are no
// quotes of YAML.
func inWideQuotes(text string) bool {
	return strings.HasPrefix(text, "“") && strings.HasSuffix(text, "”") || strings.HasPrefix(text, "‘") && strings.HasSuffix(text, "’")
}
