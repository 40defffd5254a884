package flags

import (
	"net/url"
	"slices"
	"strings"
)

// proxyVariables are the variables that name a proxy.
var proxyVariables = []string{"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"}

// proxyWarnings returns a warning for each variable that names no proxy. Go ignores most of them, or
// looks for a host whose name has quotes, and the error of a call then hides the reason. The warning
// does not quote the value, which may have a password.
func proxyWarnings(environment []string) (all []string) {
	for _, variable := range environment {
		name, value, _ := strings.Cut(variable, "=")
		if slices.Contains(proxyVariables, name) && value != "" && !isProxy(value) {
			all = append(all, "the environment variable "+name+" is not the URL of a proxy; want one such as http://proxy.example.com:3128, without quotes and blanks")
		}
	}
	return all
}

// isProxy reports whether Go finds a proxy in the value, a URL that may lack its scheme.
func isProxy(value string) bool {
	if !strings.Contains(value, "://") {
		value = "http://" + value
	}
	u, err := url.Parse(value)
	return err == nil && u.Hostname() != "" && !strings.ContainsAny(u.Host, `"' `) &&
		slices.Contains([]string{"http", "https", "socks5", "socks5h"}, u.Scheme)
}
