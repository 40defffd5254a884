package credentials

import (
	"net/http"
	"net/url"
)

// metadataHost is ECS's metadata service, which gives the keys of a host's RAM
// role.
const metadataHost = "100.100.100.200"

// Proxy is [http.ProxyFromEnvironment], but gives no proxy for the metadata
// service: a proxy on another host would get the keys of that host's role, or
// pass on those of this one.
//
// Only main can put it in place: credentials-go sends each request by a copy of
// [http.DefaultTransport], and has no option for a request without a proxy.
func Proxy(r *http.Request) (*url.URL, error) {
	if r.URL.Hostname() == metadataHost {
		return nil, nil
	}
	return http.ProxyFromEnvironment(r)
}
