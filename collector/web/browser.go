package web

import (
	"crypto/tls"
	"net"
	"net/url"
	"strconv"
)

// jobsURL returns the URL of the page /jobs for a browser on this machine. serving is the TLS
// configuration that exporter-toolkit has given the server.
func jobsURL(listening net.Addr, serving *tls.Config) string {
	to := url.URL{Scheme: "http", Host: listening.String(), Path: "/jobs"}
	if serving != nil && serving.GetConfigForClient != nil { // without TLS, net/http sets a configuration for HTTP/2
		to.Scheme = "https"
	}
	if tcp, ok := listening.(*net.TCPAddr); ok && tcp.IP.IsUnspecified() {
		to.Host = net.JoinHostPort("localhost", strconv.Itoa(tcp.Port))
	}
	return to.String()
}
