package signature

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"net/url"
)

// addParams adds the parameters that every V1 call has.
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

// stringToSignV1 returns the text that V1 signs for a request with these parameters.
// Source: Alibaba's page "Request signatures" of IoT Platform.
func stringToSignV1(method string, params url.Values) string {
	// net/url and RFC 3986 differ only in how they escape a space. The query has none.
	return method + "&%2F&" + url.QueryEscape(canonicalQuery(params))
}

// signatureV1 returns the value of the parameter Signature. params must not have one yet.
func signatureV1(method string, params url.Values, secret string) string {
	mac := hmac.New(sha1.New, []byte(secret+"&"))
	mac.Write([]byte(stringToSignV1(method, params)))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
