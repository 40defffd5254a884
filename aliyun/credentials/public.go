package credentials

import (
	"encoding/json"
	"errors"
	"regexp"
	"strings"
)

var (
	// pasted matches the places where credentials-go copies other text into an error: an
	// answer, a file, a line, the stderr of a command. That text may contain keys.
	pasted = regexp.MustCompile(`(?:credentials from \S+ \S+|session token(?: from \w+)?|config from '[^']*') failed: ` +
		`|from OAuth: |message = |stderr: |Can not open file[^o]|[{<]`)
	// A query contains the SecurityToken of STS, or the secret of a credentials URI.
	urlUser  = regexp.MustCompile(`://[^/\s"]*@`)
	urlQuery = regexp.MustCompile(`\?[^\s"]+`)
	codeText = regexp.MustCompile(`^[\w.]{1,64}$`)
)

// publicError returns err as text that may be logged: without copied text, except for the
// Code of a JSON answer, without queries and without the known secrets.
func publicError(err error, cfg Config, good Keys) error {
	var b strings.Builder
	text := err.Error()
	for {
		at := pasted.FindStringIndex(text)
		if at == nil {
			b.WriteString(text)
			break
		}
		start := at[1]
		if text[start-1] != ' ' { // it is the first byte of the copied text
			start--
		}
		b.WriteString(text[:start] + "<answer")
		text = text[start:]
		// The standard chain joins the errors of its sources with ", ". The next error
		// can be found after a JSON object, but not after other text.
		var answer struct{ Code any }
		decoder := json.NewDecoder(strings.NewReader(text))
		if !strings.HasPrefix(text, "{") || decoder.Decode(&answer) != nil {
			b.WriteString(">")
			break
		}
		if code, ok := answer.Code.(string); ok && codeText.MatchString(code) {
			b.WriteString(" with code " + code)
		}
		b.WriteString(">")
		if text = strings.TrimSpace(text[decoder.InputOffset():]); !strings.HasPrefix(text, ", ") {
			break
		}
	}
	public := urlQuery.ReplaceAllString(urlUser.ReplaceAllString(b.String(), "://"), "?<query>")
	for _, secret := range []string{cfg.AccessKeySecret, cfg.SecurityToken, good.AccessKeySecret, good.SecurityToken} {
		if secret != "" {
			public = strings.ReplaceAll(public, secret, "<secret>")
		}
	}
	if failed, is := strings.CutPrefix(public, chainError); is {
		return publicChainError(failed)
	}
	return errors.New(cfg.name() + ": " + inWords(public))
}
