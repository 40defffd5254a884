package aliyun

import (
	"html"
	"math"
	"strconv"
	"strings"
)

// redact takes the secrets out of a text, also where they are written as in a
// URL, in JSON, in a Go quote or in HTML, once or several times over: a gateway
// answers a wrong signature with the text that it signed, token included.
func redact(text string, secrets ...string) string {
	return redactStart(text, math.MaxInt, secrets...)
}

// redactStart is the beginning of what redact gives, of at least so many bytes:
// the peer decides how long the text is.
func redactStart(text string, enough int, secrets ...string) string {
	var b strings.Builder
	for i := 0; i < len(text) && b.Len() < enough; {
		n := 0 // bytes of the longest secret that begins here
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

// written is how many bytes at the beginning of the text stand for the secret,
// -1 if they do not.
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

// forms are the numbers of bytes at the beginning of the text that may stand
// for c: a percent sign may be itself or begin another character.
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
		const most = 15 // four times over; a longer run is no secret, and would take long to look through
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
