package gateway

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// escape escapes by RFC 3986: all but letters, digits and -_.~ as %XX.
func escape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// canonicalQuery returns the parameters, sorted by name and escaped.
func canonicalQuery(params url.Values) string { return strings.ReplaceAll(params.Encode(), "+", "%20") }

func mac(h func() hash.Hash, secret, text string) []byte {
	m := hmac.New(h, []byte(secret))
	m.Write([]byte(text))
	return m.Sum(nil)
}

func hexSHA256(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// rpcStringToSign returns the text that signature version 1.0 of RPC calls signs. params
// has no Signature. Source: Alibaba's page "Request signatures" of the IoT Platform.
func rpcStringToSign(method string, params url.Values) string {
	return method + "&%2F&" + escape(canonicalQuery(params))
}

// rpcSignature signs with a SignatureMethod, HMAC-SHA1 or HMAC-SHA256.
func rpcSignature(method, secret, stringToSign string) string {
	h := sha1.New
	if method == "HMAC-SHA256" {
		h = sha256.New
	}
	return base64.StdEncoding.EncodeToString(mac(h, secret+"&", stringToSign))
}

// acs3CanonicalRequest returns the canonical request of ACS3-HMAC-SHA256. signed has the
// names of the signed headers in lower case. Source: Alibaba's page "V3 request body and
// signature mechanism".
func acs3CanonicalRequest(r *http.Request, query url.Values, signed []string, body []byte) string {
	path := cmp.Or(r.URL.EscapedPath(), "/")
	var headers strings.Builder
	for _, name := range signed {
		headers.WriteString(name + ":" + headerValue(r, name) + "\n")
	}
	return strings.Join([]string{
		r.Method, path, canonicalQuery(query), headers.String(), strings.Join(signed, ";"), hexSHA256(body),
	}, "\n")
}

func acs3StringToSign(canonicalRequest string) string {
	return "ACS3-HMAC-SHA256\n" + hexSHA256([]byte(canonicalRequest))
}

func acs3Signature(secret, stringToSign string) string {
	return hex.EncodeToString(mac(sha256.New, secret, stringToSign))
}

// roaStringToSign returns the text that signature version 1.0 of ROA calls signs. IoT
// Platform is an RPC product, but generic SDK clients can be configured to sign this way.
func roaStringToSign(r *http.Request, query url.Values) string {
	lines := []string{r.Method}
	for _, name := range []string{"Accept", "Content-Md5", "Content-Type", "Date"} {
		lines = append(lines, r.Header.Get(name))
	}
	var headers []string
	for name := range r.Header {
		if lower := strings.ToLower(name); strings.HasPrefix(lower, "x-acs-") {
			headers = append(headers, lower+":"+r.Header.Get(name))
		}
	}
	slices.Sort(headers)
	lines = append(lines, headers...)
	var pairs []string
	for name := range query {
		if v := query.Get(name); v != "" {
			name += "=" + v
		}
		pairs = append(pairs, name)
	}
	slices.Sort(pairs)
	resource := r.URL.Path
	if len(pairs) > 0 {
		resource += "?" + strings.Join(pairs, "&")
	}
	return strings.Join(append(lines, resource), "\n")
}

func roaSignature(secret, stringToSign string) string {
	return base64.StdEncoding.EncodeToString(mac(sha1.New, secret, stringToSign))
}

// headerValue returns a header as ACS3 signs it. net/http stores Host elsewhere.
func headerValue(r *http.Request, name string) string {
	if name == "host" {
		return r.Host
	}
	var values []string
	for _, v := range r.Header.Values(name) {
		values = append(values, strings.TrimSpace(v))
	}
	slices.Sort(values)
	return strings.Join(values, ",")
}
