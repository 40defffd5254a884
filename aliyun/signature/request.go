package signature

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/credentials"
)

// Version is how a request proves who sends it.
type Version string

const (
	// V3 is ACS3-HMAC-SHA256, in the headers. An empty Version means it too.
	V3 Version = "v3"
	// V1 is that of RPC calls, HMAC-SHA1, in the query.
	V1 Version = "v1"
)

// Other is the signature that an endpoint may want instead of this one.
func (v Version) Other() Version {
	if v == V1 {
		return V3
	}
	return V1
}

// Call is what a request says beside its own parameters.
type Call struct {
	Operation string
	API       string // the version of the API, a date
	RegionID  string // only V1 sends it; "" where the endpoint needs none
	Keys      credentials.Keys
}

// NewRequest makes the signed request of a call to an endpoint, http(s)://host[:port].
// It adds to params what every call has. It also gives the signature, which belongs in
// no error. Headers that are set later are not signed.
func (v Version) NewRequest(ctx context.Context, endpoint string, c Call, params url.Values) (_ *http.Request, signature string, _ error) {
	now, nonce := time.Now().UTC().Format("2006-01-02T15:04:05Z"), rand.Text()
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
