package aliyun

import (
	"context"
	"net/http"
	"net/url"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/credentials"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/signature"
)

// newRequest returns the signed request of a call. It adds the parameters of every call
// to params. It also returns the signature, which must not appear in an error.
func (c *Client) newRequest(ctx context.Context, operation string, in Instance, params url.Values, keys credentials.Keys) (_ *http.Request, signed string, _ error) {
	if in.ID != "" {
		params.Set("IotInstanceId", in.ID)
	}
	call := signature.Call{Operation: operation, API: apiVersion, RegionID: in.RegionID, Keys: keys}
	request, signed, err := in.Signature.NewRequest(ctx, in.URL, call, params)
	if err != nil {
		return nil, signed, err
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("Accept-Encoding", "gzip")
	request.Header.Set("User-Agent", c.userAgent)
	return request, signed, nil
}
