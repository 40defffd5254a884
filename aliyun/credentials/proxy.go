package credentials

import (
	"net/http"
	"net/url"
)

// metadataHost is the metadata service of ECS, which supplies the keys of a host's RAM
// role.
const metadataHost = "100.100.100.200"

// Proxy is [http.ProxyFromEnvironment] without a proxy for the metadata service. A proxy
// on another host would get the keys of its own host's role, or see those of this host.
//
// main must install it: credentials-go sends each request with a copy of
// [http.DefaultTransport] and has no option for a request without a proxy. The error is
// that of http.ProxyFromEnvironment.
func Proxy(r *http.Request) (*url.URL, error) {
	if r.URL.Hostname() == metadataHost {
		return nil, nil
	}
	return http.ProxyFromEnvironment(r)
}
