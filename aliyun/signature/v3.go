package signature

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/credentials"
)

const signatureAlgorithm = "ACS3-HMAC-SHA256"

// emptyBodyHash is hex(sha256("")): no request has a body.
const emptyBodyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// addHeaders adds the headers that every V3 call has.
func (c Call) addHeaders(header http.Header, now, nonce string) {
	header.Set("X-Acs-Action", c.Operation)
	header.Set("X-Acs-Version", c.API)
	header.Set("X-Acs-Date", now)
	header.Set("X-Acs-Signature-Nonce", nonce)
	header.Set("X-Acs-Content-Sha256", emptyBodyHash)
	if c.Keys.SecurityToken != "" {
		header.Set("X-Acs-Security-Token", c.Keys.SecurityToken)
	}
}

// signV3 sets the Authorization header of a request without a body. All x-acs-* headers
// must be set before.
// Source: Alibaba's page "Request syntax and signature method V3".
func signV3(r *http.Request, keys credentials.Keys) (signature string) {
	signed := []string{"host"}
	for name := range r.Header {
		if name = strings.ToLower(name); strings.HasPrefix(name, "x-acs-") {
			signed = append(signed, name)
		}
	}
	slices.Sort(signed)

	var canonical strings.Builder
	canonical.WriteString(r.Method + "\n/\n" + r.URL.RawQuery + "\n")
	for _, name := range signed {
		value := r.Host
		if name != "host" {
			value = strings.TrimSpace(r.Header.Get(name))
		}
		canonical.WriteString(name + ":" + value + "\n")
	}
	names := strings.Join(signed, ";")
	canonical.WriteString("\n" + names + "\n" + r.Header.Get("x-acs-content-sha256"))

	hashed := sha256.Sum256([]byte(canonical.String()))
	mac := hmac.New(sha256.New, []byte(keys.AccessKeySecret))
	mac.Write([]byte(signatureAlgorithm + "\n" + hex.EncodeToString(hashed[:])))
	signature = hex.EncodeToString(mac.Sum(nil))
	r.Header.Set("Authorization", signatureAlgorithm+
		" Credential="+keys.AccessKeyID+
		",SignedHeaders="+names+
		",Signature="+signature)
	return signature
}

// canonicalQuery encodes parameters by RFC 3986, sorted by name. [url.Values.Encode]
// differs only for a space, which it writes as "+". It writes a literal "+" as %2B, so
// every "+" in its result is a space.
func canonicalQuery(params url.Values) string {
	return strings.ReplaceAll(params.Encode(), "+", "%20")
}
