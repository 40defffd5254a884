package aliyun_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"html"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/credentials"
)

// refusal is the content of the answer to a refused call.
type refusal struct{ Code, Message, RequestID string }

// refusalForms are the forms of a refusal: of Alibaba's gateway in JSON and XML, and of the
// IoT product behind it.
var refusalForms = map[string]func(refusal) []byte{
	"gateway": func(r refusal) []byte {
		return inJSON(map[string]any{"RequestId": r.RequestID, "HostId": "h", "Code": r.Code, "Message": r.Message, "Recommend": "r"})
	},
	"product": func(r refusal) []byte {
		return inJSON(map[string]any{"requestId": r.RequestID, "success": false, "code": r.Code, "errorMessage": r.Message})
	},
	"gateway in XML": func(r refusal) []byte {
		var b bytes.Buffer
		b.WriteString("<?xml version='1.0' encoding='UTF-8'?><Error><RequestId>")
		_ = xml.EscapeText(&b, []byte(r.RequestID)) // writing to a Buffer cannot fail
		b.WriteString("</RequestId><HostId>h</HostId><Code>")
		_ = xml.EscapeText(&b, []byte(r.Code))
		b.WriteString("</Code><Message>")
		_ = xml.EscapeText(&b, []byte(r.Message))
		b.WriteString("</Message></Error>")
		return b.Bytes()
	},
}

func inJSON(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // cannot be: v has only strings and booleans
	}
	return text
}

// The error of a refused call repeats the answer in any of its forms, shortened and without
// the secrets of the call: no part of the error contains one, percent-encoded or not.
func FuzzRefusal(f *testing.F) {
	f.Add(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found.", "4C467B38-3910-447D-87BC-AC049166F216", "s3cr/et+", "tok=en/+")
	f.Add(400, "SignatureDoesNotMatch", "server CanonicalRequest is [POST\n/\nx-acs-security-token:tok=en/+\n]", "R", "s3cr/et+", "tok=en/+")
	f.Add(400, "Throttling", "once s3cr%2Fet%2B, twice s3cr%252Fet%252B", "tok%3Den%2F%2B", "s3cr/et+", "tok=en/+")
	f.Add(200, "iot.system.SystemException", strings.Repeat("系", 2000), strings.Repeat("é", 64), "long-enough", "")
	f.Add(500, "a]]>b&amp;<c>", "\x1b[2J\r\n\x00", " ", "12345678", "12345678")
	f.Fuzz(func(t *testing.T, status int, code, message, requestID, secret, token string) {
		if status = 200 + abs(status)%400; status >= 300 && status < 400 || code == "" {
			t.Skip("a redirect, or no refusal")
		}
		for _, s := range []string{secret, token} {
			// Real secrets are longer and look like Base64. A secret that is a part of
			// its replacement, "<secret>", would be found there.
			if len(s) < 8 && s != "" || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' || r == '<' || r == '>' }) {
				t.Skip("no secret")
			}
		}
		keys := &fixedKeys{keys: credentials.Keys{AccessKeyID: "id", AccessKeySecret: secret}}
		said := refusal{writable(code), writable(message), writable(requestID)}
		for form, write := range refusalForms {
			for _, keys.keys.SecurityToken = range []string{"", token} {
				client := aliyun.NewClient(keys, aliyun.Options{Transport: givenAnswer{status, write(said)}})
				_, _, err := client.QueryOTAJob(t.Context(), aliyun.Instance{URL: "http://endpoint"}, "job-1")
				checkError(t, aliyun.OpQueryOTAJob, err)
				failure, _ := errors.AsType[*aliyun.Error](err)
				for _, part := range []struct {
					said, got string
					limit     int // bytes
				}{{said.Code, failure.Code, 128}, {said.Message, failure.Message, 1024}, {said.RequestID, failure.RequestID, 64}} {
					if mentions(part.got, secret) || mentions(part.got, keys.keys.SecurityToken) {
						t.Errorf("%s: a secret is in %q", form, part.got)
					}
					if len(part.got) > part.limit {
						t.Errorf("%s: %d bytes, want at most %d", form, len(part.got), part.limit)
					}
					want := strings.ToValidUTF8(part.said[:min(len(part.said), part.limit)], "")
					if part.got != want && !hints(part.said, secret) && !hints(part.said, keys.keys.SecurityToken) {
						t.Errorf("%s: %q, want %q", form, part.got, want)
					}
				}
				if mentions(err.Error(), secret) || mentions(err.Error(), keys.keys.SecurityToken) {
					t.Errorf("%s: a secret is in %v", form, err)
				}
			}
		}
	})
}

// abs is not negative even for the lowest int.
func abs(n int) int { return max(n, -max(n, -1<<62)) }

// mentions reports whether a text contains a secret, unchanged or percent-encoded once or
// twice. An error must not.
func mentions(text, secret string) bool {
	once := url.QueryEscape(secret)
	return secret != "" && (strings.Contains(text, secret) || strings.Contains(text, once) || strings.Contains(text, url.QueryEscape(once)))
}

var escaped = regexp.MustCompile(`%[0-9A-Fa-f]{2}|\\+u[0-9A-Fa-f]{4}|\\+`)

// hints reports whether a text may contain a secret in some repeated encoding. Such a text
// may be redacted although mentions is false. The same is true for any text if the secret
// has a character that starts an encoding, which no key of Alibaba Cloud has.
func hints(text, secret string) bool {
	bare := func(s string) string {
		for was := ""; s != was; {
			was, s = s, html.UnescapeString(escaped.ReplaceAllStringFunc(s, func(form string) string {
				code, _ := strconv.ParseUint(strings.TrimLeft(form, `%\u`), 16, 32) // 0 for backslashes
				return strings.Trim(string(rune(code)), "\x00")
			}))
		}
		return strings.ReplaceAll(s, "+", " ")
	}
	return secret != "" && (strings.ContainsAny(secret, `%\&`) || strings.Contains(bare(text), bare(secret)))
}

// writable removes what JSON or XML cannot represent.
func writable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
			return utf8.RuneError
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}
