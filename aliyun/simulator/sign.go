package simulator

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// escape is RFC 3986: all but letters, digits and -_.~ as %XX.
func escape(s string) string {
	s = url.QueryEscape(s)
	return strings.ReplaceAll(s, "+", "%20")
}

// canonicalQuery sorts parameters by their names and escapes them.
func canonicalQuery(params url.Values) string {
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(params)) {
		for _, v := range params[name] {
			pairs = append(pairs, escape(name)+"="+escape(v))
		}
	}
	return strings.Join(pairs, "&")
}

// rpcStringToSign is what signature version 1.0 of RPC calls signs; params has no
// Signature. Source: Alibaba's page "Request signatures" of the IoT Platform.
func rpcStringToSign(method string, params url.Values) string {
	return method + "&%2F&" + escape(canonicalQuery(params))
}

func rpcSignature(method, secret, stringToSign string) string {
	h := hmac.New(sha1.New, []byte(secret+"&"))
	if method == "HMAC-SHA256" {
		h = hmac.New(sha256.New, []byte(secret+"&"))
	}
	h.Write([]byte(stringToSign))
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

// acs3CanonicalRequest is the request as ACS3-HMAC-SHA256 sees it; signed are the
// lower-case names of the headers that the client signed. Source: Alibaba's page
// "V3 request body and signature mechanism".
func acs3CanonicalRequest(r *http.Request, query url.Values, signed []string, body []byte) string {
	path := r.URL.EscapedPath()
	if path == "" {
		path = "/"
	}
	var headers strings.Builder
	for _, name := range signed {
		headers.WriteString(name + ":" + headerValue(r, name) + "\n")
	}
	sum := sha256.Sum256(body)
	return strings.Join([]string{
		r.Method, path, canonicalQuery(query), headers.String(),
		strings.Join(signed, ";"), hex.EncodeToString(sum[:]),
	}, "\n")
}

func acs3StringToSign(canonicalRequest string) string {
	sum := sha256.Sum256([]byte(canonicalRequest))
	return "ACS3-HMAC-SHA256\n" + hex.EncodeToString(sum[:])
}

func acs3Signature(secret, stringToSign string) string {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte(stringToSign))
	return hex.EncodeToString(h.Sum(nil))
}

// roaStringToSign is what signature version 1.0 of ROA calls signs. The IoT
// Platform is an RPC product; generic SDK clients can be told to sign so anyway.
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
	h := hmac.New(sha1.New, []byte(secret))
	h.Write([]byte(stringToSign))
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

// headerValue is a header as it is signed; net/http keeps Host elsewhere.
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
