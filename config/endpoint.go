package config

import (
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// hostPattern keeps a host from changing the path, the port or anything else of a URL.
var hostPattern = regexp.MustCompile(`^[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_.])?$`)

// BaseURL returns the URL of the API for an instance of the account: the endpoint of the
// account if it has one, else https://iot.<region>.aliyuncs.com with the region that
// RegionOf returns. It has no path and no trailing slash.
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

const notAnEndpoint = "not an address; write host[:port] or http(s)://host[:port], with an IPv6 address in brackets"

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
		r.wrong(at, "the scheme is neither http nor https; write host[:port] or http(s)://host[:port]")
	case u.User != nil:
		r.wrong(at, "contains a user or a password; put keys under credentials")
	case u.Path != "" || strings.ContainsAny(endpoint, "?#"):
		r.wrong(at, "contains a path or a query; write only the host and the port")
	case !validHost(u):
		r.wrong(at, notAnEndpoint)
	}
}

func validHost(u *url.URL) bool {
	host := u.Hostname()
	if strings.HasPrefix(u.Host, "[") {
		// The Host header, which is part of the signature, has no zone.
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
