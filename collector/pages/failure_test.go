package pages

import (
	"errors"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/phrase"
)

// The text of the API ends where a gateway repeats the request.
func TestTextOfAFailure(t *testing.T) {
	for name, c := range map[string]struct {
		err  aliyun.Error
		want string
	}{
		"signature v3": {aliyun.Error{Message: "Specified signature does not match our calculation. server StringToSign is [ACS3-HMAC-SHA256\n7c0f] server CanonicalRequest is [POST\n/\n]"},
			"Specified signature does not match our calculation …"},
		"signature v1": {aliyun.Error{Message: "Specified signature is not matched with our calculation. server string to sign is:POST&%2F&AccessKeyId%3D"},
			"Specified signature is not matched with our calculation …"},
		"in another case":           {aliyun.Error{Message: "mismatch, Server Canonical Request: POST"}, "mismatch …"},
		"nothing else":              {aliyun.Error{Message: "server string to sign is:POST"}, "server string to sign is:POST"},
		"words that look like it":   {aliyun.Error{Message: "the server strings are long"}, "the server strings are long"},
		"an ordinary text":          {aliyun.Error{Message: "try later"}, "try later"},
		"no text, but an error":     {aliyun.Error{Err: errors.New("connection refused")}, "connection refused"},
		"nothing":                   {aliyun.Error{}, ""},
		"far behind what is shown":  {aliyun.Error{Message: strings.Repeat("x", maxText) + " server string to sign"}, strings.Repeat("x", maxText) + " server string to sign"},
		"at the end of what is cut": {aliyun.Error{Message: strings.Repeat("x", maxText-25) + " server string to sign is"}, strings.Repeat("x", maxText-25) + " …"},
	} {
		c.err.Class = aliyun.ClassAuth
		if got := newFailure(&c.err, aliyun.Instance{}, phrase.Verbatim("job j"), nil, 0).Text; got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
