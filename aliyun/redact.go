package aliyun

import (
	"html"
	"strconv"
	"strings"
)

// redact replaces the secrets in a text, also if they are encoded for a URL, JSON, a Go
// string or HTML, once or repeatedly. A gateway answers a wrong signature with the text
// that it signed, which contains the token. redact returns the beginning of the redacted
// text, at least enough bytes of it, because the peer decides how long the text is.
func redact(text string, enough int, secrets ...string) string {
	var b strings.Builder
	for i := 0; i < len(text) && b.Len() < enough; {
		n := 0 // length of the longest secret that begins here, in bytes
		for _, secret := range secrets {
			n = max(n, written(text[i:], secret))
		}
		if n > 0 {
			b.WriteString("<secret>")
			i += n
		} else {
			b.WriteByte(text[i])
			i++
		}
	}
	return b.String()
}

// written returns how many bytes at the beginning of the text encode the secret, -1 if
// the text does not begin with it.
func written(text, secret string) int {
	if secret == "" {
		return 0
	}
	for _, n := range forms(text, secret[0]) {
		if rest := written(text[n:], secret[1:]); rest >= 0 {
			return n + rest
		}
	}
	return -1
}

// forms returns the possible lengths, in bytes, of an encoding of c at the beginning of
// the text. There can be several: a percent sign may stand for itself or begin an escape.
func forms(text string, c byte) (n []int) {
	if text == "" {
		return nil
	}
	if text[0] == c {
		n = append(n, 1)
	}
	hex := func(at, digits int) {
		if at+digits <= len(text) {
			code, err := strconv.ParseUint(text[at:at+digits], 16, 32)
			if err == nil && (code == uint64(c) || code == '+' && c == ' ') {
				n = append(n, at+digits)
			}
		}
	}
	switch text[0] {
	case '%':
		at := 1
		for hex(at, 2); strings.HasPrefix(text[at:], "25"); hex(at, 2) {
			at += 2
		}
	case '+':
		if c == ' ' {
			n = append(n, 1)
		}
	case '\\':
		const most = 15 // encoded four times; a longer run is not a secret and would be slow to search
		run := text[:min(len(text), most)]
		at := len(run) - len(strings.TrimLeft(run, `\`))
		if strings.HasPrefix(text[at:], "u") {
			hex(at+1, 4)
		}
		switch {
		case c == '\\' && at > 1:
			n = append(n, at)
		case at < len(text) && text[at] == c:
			n = append(n, at+1)
		}
	case '&':
		if end := strings.IndexByte(text[:min(len(text), 10)], ';'); end > 0 && html.UnescapeString(text[:end+1]) == string(rune(c)) {
			n = append(n, end+1)
		}
	}
	return n
}
