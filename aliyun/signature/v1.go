package signature

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"net/url"
)

// addParams adds what a call signed with v1 has beside its own parameters.
// Source: Alibaba's page "Common parameters" of IoT Platform.
func (c Call) addParams(params url.Values, now, nonce string) {
	for name, value := range map[string]string{
		"Action":           c.Operation,
		"Version":          c.API,
		"Format":           "JSON", // the default is XML
		"RegionId":         c.RegionID,
		"AccessKeyId":      c.Keys.AccessKeyID,
		"SecurityToken":    c.Keys.SecurityToken,
		"SignatureMethod":  "HMAC-SHA1",
		"SignatureVersion": "1.0",
		"SignatureNonce":   nonce,
		"Timestamp":        now,
	} {
		if value != "" {
			params.Set(name, value)
		}
	}
}

// stringToSignV1 is what is signed of a request whose parameters are these.
// Source: Alibaba's page "Request signatures" of IoT Platform.
func stringToSignV1(method string, params url.Values) string {
	// The query has no space, the one character that net/url escapes otherwise than RFC 3986.
	return method + "&%2F&" + url.QueryEscape(canonicalQuery(params))
}

// signatureV1 is the parameter Signature. params must not hold one yet.
func signatureV1(method string, params url.Values, secret string) string {
	mac := hmac.New(sha1.New, []byte(secret+"&"))
	mac.Write([]byte(stringToSignV1(method, params)))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
