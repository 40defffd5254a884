package signature

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/credentials"
)

// Version is a signature method. The zero value is V3.
type Version string

const (
	// V3 is ACS3-HMAC-SHA256. The signature is in the headers.
	V3 Version = "v3"
	// V1 is the HMAC-SHA1 of RPC calls. The signature is in the query.
	V1 Version = "v1"
)

// Other returns the other version, for an endpoint that does not accept v.
func (v Version) Other() Version {
	if v == V1 {
		return V3
	}
	return V1
}

// Call is what every request says, whatever its own parameters.
type Call struct {
	Operation string
	API       string // the version of the API, a date
	RegionID  string // only V1 sends it; "" if the endpoint needs none
	Keys      credentials.Keys
}

// NewRequest returns the signed request of a call. endpoint is http(s)://host[:port]. It
// adds the parameters of every call to params. Headers that the caller adds later are
// not signed. It also returns the signature, which must not appear in an error. The only
// error is an endpoint that is not a URL.
func (v Version) NewRequest(ctx context.Context, endpoint string, c Call, params url.Values) (_ *http.Request, signature string, _ error) {
	now, nonce := time.Now().UTC().Format(time.RFC3339), rand.Text()
	if v == V1 {
		c.addParams(params, now, nonce)
		signature = signatureV1(http.MethodPost, params, c.Keys.AccessKeySecret)
		params.Set("Signature", signature)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint+"/?"+canonicalQuery(params), http.NoBody)
	if err != nil {
		return nil, signature, err
	}
	if v != V1 {
		c.addHeaders(request.Header, now, nonce)
		signature = signV3(request, c.Keys)
	}
	return request, signature, nil
}
