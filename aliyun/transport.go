package aliyun

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"
)

const (
	// maxHeader caps the headers of an answer, in bytes, those of 1xx responses
	// before it included. Go's own cap is 10 MiB. Real ones have less than 1 KiB.
	maxHeader = 64 << 10

	// idleTimeout closes a connection that nobody used. It is shorter than
	// usual servers' so that a call does not meet one that the server is just
	// closing, which would fail it: a POST is not sent twice.
	idleTimeout = 15 * time.Second
)

// newTransport speaks HTTP/1.1 only: HTTP/2 may send a request twice by itself,
// which the rate budget would not know of. timeout is that of a call.
func newTransport(timeout time.Duration) *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.Protocols = new(http.Protocols)
	t.Protocols.SetHTTP1(true)
	t.ForceAttemptHTTP2 = false
	// The configuration of the clone offers h2, whatever Protocols says, and a
	// server that takes the offer sends frames that cannot be read.
	t.TLSClientConfig = &tls.Config{NextProtos: []string{"http/1.1"}}
	// Both go on when the call that began them has given up. A connect that
	// times out before the call does names the address that does not answer.
	t.DialContext = (&net.Dialer{Timeout: timeout * 3 / 4}).DialContext
	t.TLSHandshakeTimeout = timeout
	t.OnProxyConnectResponse = RefusedByProxy
	t.MaxResponseHeaderBytes = maxHeader
	t.MaxIdleConnsPerHost = 64 // four operations of 10 slots each, and some
	t.IdleConnTimeout = idleTimeout
	return t
}

// proxyError is the answer of a proxy that does not connect to the endpoint.
type proxyError struct{ status int }

func (e *proxyError) Error() string {
	return fmt.Sprintf("the proxy answers CONNECT with HTTP %d %s", e.status, http.StatusText(e.status))
}

// RefusedByProxy is an [http.Transport.OnProxyConnectResponse] that gives such an
// answer a type. net/http would make an error of the proxy's own text, which says
// nothing of a proxy and can echo its password.
func RefusedByProxy(_ context.Context, _ *url.URL, _ *http.Request, response *http.Response) error {
	if response.StatusCode != http.StatusOK {
		return &proxyError{response.StatusCode}
	}
	return nil
}
