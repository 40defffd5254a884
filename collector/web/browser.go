package web

import (
	"crypto/tls"
	"net"
	"net/url"
	"strconv"
)

// jobsURL is where a browser on this machine finds the page for people. serving is
// what exporter-toolkit has set the server up with.
func jobsURL(listening net.Addr, serving *tls.Config) string {
	to := url.URL{Scheme: "http", Host: listening.String(), Path: "/jobs"}
	if serving != nil && serving.GetConfigForClient != nil { // else net/http has set it up, for HTTP/2
		to.Scheme = "https"
	}
	if tcp, ok := listening.(*net.TCPAddr); ok && tcp.IP.IsUnspecified() {
		to.Host = net.JoinHostPort("localhost", strconv.Itoa(tcp.Port))
	}
	return to.String()
}
