package aliyun

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"time"
)

// Signature is how a request proves who sends it.
type Signature string

const (
	// SignatureV3 is ACS3-HMAC-SHA256, in the headers. An empty Signature means it too.
	SignatureV3 Signature = "v3"
	// SignatureV1 is that of RPC calls, HMAC-SHA1, in the query.
	SignatureV1 Signature = "v1"
)

// Other is the signature that an endpoint may want instead of this one.
func (s Signature) Other() Signature {
	if s == SignatureV1 {
		return SignatureV3
	}
	return SignatureV1
}

// newRequest makes the signed request of a call and adds to params what every
// call has. It also gives the signature, which belongs in no error.
func (c *Client) newRequest(ctx context.Context, operation string, in Instance, params url.Values, keys Keys) (_ *http.Request, signature string, _ error) {
	if in.ID != "" {
		params.Set("IotInstanceId", in.ID)
	}
	now, nonce := time.Now().UTC().Format("2006-01-02T15:04:05Z"), rand.Text()
	if in.Signature == SignatureV1 {
		addCommonParams(params, operation, in.RegionID, now, nonce, keys)
		signature = signatureV1(http.MethodPost, params, keys.AccessKeySecret)
		params.Set("Signature", signature)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, in.URL+"/?"+canonicalQuery(params), http.NoBody)
	if err != nil {
		return nil, signature, err
	}
	request.Header = http.Header{"Accept": {"application/json"}, "Accept-Encoding": {"gzip"}, "User-Agent": {c.userAgent}}
	if in.Signature != SignatureV1 {
		addCommonHeaders(request.Header, operation, now, nonce, keys)
		signature = signV3(request, keys)
	}
	return request, signature, nil
}
