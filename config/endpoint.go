package config

import (
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// A host must not become a path, a port or anything else.
var hostPattern = regexp.MustCompile(`^[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_.])?$`)

// BaseURL is where the API of one of the account's instances answers: the account's
// endpoint, or else https://iot.<region>.aliyuncs.com with the instance's region over
// the account's. It has no path and no slash at its end.
func (a Account) BaseURL(i Instance) string {
	if a.Endpoint != "" {
		return endpointURL(a.Endpoint)
	}
	return "https://iot." + a.RegionOf(i) + ".aliyuncs.com"
}

func endpointURL(endpoint string) string {
	if strings.Contains(endpoint, "://") {
		return endpoint
	}
	return "https://" + endpoint
}

const notAnEndpoint = "not an address; write host[:port] or http(s)://host[:port], an IPv6 address in brackets"

func checkEndpoint(r *report, at string, value any) {
	endpoint := value.(string)
	if endpoint == "" {
		return
	}
	u, err := url.Parse(endpointURL(endpoint))
	switch {
	case err != nil:
		r.wrong(at, notAnEndpoint)
	case u.Scheme != "http" && u.Scheme != "https":
		r.wrong(at, "a scheme other than http and https; write host[:port] or http(s)://host[:port]")
	case u.User != nil:
		r.wrong(at, "has a user or a password; keys belong in credentials")
	case u.Path != "" || strings.ContainsAny(endpoint, "?#"):
		r.wrong(at, "has a path or a query; end it after the host and the port")
	case !validHost(u):
		r.wrong(at, notAnEndpoint)
	}
}

func validHost(u *url.URL) bool {
	host := u.Hostname()
	if strings.HasPrefix(u.Host, "[") {
		// A zone is not in the Host header, which is signed.
		if ip, err := netip.ParseAddr(host); err != nil || !ip.Is6() || ip.Zone() != "" {
			return false
		}
	} else if !hostPattern.MatchString(host) {
		return false
	}
	if strings.HasSuffix(u.Host, ":") {
		return false
	}
	port, err := strconv.Atoi(u.Port())
	return u.Port() == "" || err == nil && port > 0 && port < 1<<16
}
