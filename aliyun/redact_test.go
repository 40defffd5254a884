package aliyun

import (
	"context"
	"encoding/json"
	"errors"
	"html"
	"math"
	"net/url"
	"strconv"
	"strings"
	"testing"
)

// A secret is redacted in every encoding in which a request or an answer can contain it.
// A part of the secret is not redacted.
func TestRedact(t *testing.T) {
	const secret = `a/b+c=%25&"\<d e`
	twice := url.QueryEscape(url.QueryEscape(secret))
	quoted, err := json.Marshal(secret)
	if err != nil {
		t.Fatal(err)
	}
	for name, written := range map[string]string{
		"as it is":                       secret,
		"in a query":                     url.QueryEscape(secret),
		"in a query of a query":          twice,
		"three times over":               url.QueryEscape(twice),
		"in a path":                      url.PathEscape(secret),
		"in small letters":               strings.NewReplacer("%2F", "%2f", "%2B", "%2b", "%3D", "%3d", "%5C", "%5c").Replace(url.QueryEscape(secret)),
		"in JSON":                        strings.Trim(string(quoted), `"`),
		"in JSON in JSON":                strings.Trim(strconv.Quote(string(quoted)), `\"`),
		"in a Go quote":                  strings.Trim(strconv.Quote(secret), `"`),
		"in HTML":                        html.EscapeString(secret),
		"in JSON with escaped slashes":   strings.ReplaceAll(strings.Trim(string(quoted), `"`), "/", `\/`),
		"in HTML by hexadecimal numbers": strings.ReplaceAll(html.EscapeString(secret), "+", "&#x2b;"),
	} {
		t.Run(name, func(t *testing.T) {
			if got, want := redact("x"+written+"="+written+"y", math.MaxInt, secret), "x<secret>=<secret>y"; got != want {
				t.Errorf("got %s of %s, want %s", got, written, want)
			}
			// The secret without its first or last byte.
			for _, other := range []string{written[1:], written[:len(written)-1]} {
				if got := redact(other, math.MaxInt, secret); got != other {
					t.Errorf("a part of it, %s, became %s", other, got)
				}
			}
		})
	}
	// Incomplete encodings, and text that only looks encoded.
	for _, text := range []string{"", "%", "%2", `\`, `\u00`, "&", "&#43", "+", strings.Repeat("%25", 100)} {
		if got := redact(text, math.MaxInt, secret, "", "+/"); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}

// Texts of the API go to the log and to /jobs. They have no secrets and a limited length.
func TestCleanHidesSecretsAndCuts(t *testing.T) {
	const secret, token = "s3cr/et+", "tok=en"
	e := Error{
		Code:      "a" + token,
		Message:   "raw s3cr/et+ once s3cr%2Fet%2B tok=en " + string(make([]byte, 2000)),
		RequestID: "0123456789012345678901234567890123456789012345678901234567890é",
		Err:       errors.New("malformed: s3cr/et+ " + strings.Repeat("x", 2000)),
	}
	e.clean(secret, token, "")
	if e.Code != "a<secret>" {
		t.Errorf("code %q", e.Code)
	}
	if want := "raw <secret> once <secret> <secret> "; e.Message[:len(want)] != want || len(e.Message) != 1024 {
		t.Errorf("message %q of %d bytes", e.Message[:80], len(e.Message))
	}
	if text := e.Err.Error(); !strings.HasPrefix(text, "malformed: <secret> x") || len(text) != 1024 {
		t.Errorf("cause %q of %d bytes", text[:80], len(text))
	}
	// Byte 64 is in the middle of the second é.
	long := Error{RequestID: "é" + string(make([]byte, 62)) + "é", Err: context.Canceled}
	long.clean(secret)
	if len(long.RequestID) != 64 {
		t.Errorf("request id of %d bytes: a character must not be cut in half", len(long.RequestID))
	}
	if !errors.Is(long.Err, context.Canceled) {
		t.Errorf("cause %v: one without a secret must stay what it is", long.Err)
	}
}
