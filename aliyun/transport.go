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
	// maxHeader limits the headers of an answer, in bytes, including those of 1xx
	// responses before it. Go's default is 10 MiB. Real headers have less than 1 KiB.
	maxHeader = 64 << 10

	// idleTimeout closes an unused connection. It is shorter than the idle timeout of
	// common servers. Otherwise a call could use a connection that the server is just
	// closing, and fail: a POST is not sent twice.
	idleTimeout = 15 * time.Second
)

// newTransport returns a transport for HTTP/1.1 only. With HTTP/2, net/http may send a
// request twice, and the rate budget would not know of it. timeout is that of a call.
func newTransport(timeout time.Duration) *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.Protocols = new(http.Protocols)
	t.Protocols.SetHTTP1(true)
	t.ForceAttemptHTTP2 = false
	// The clone's configuration offers h2 whatever Protocols says. A server that accepts
	// the offer sends frames that an HTTP/1.1 client cannot read.
	t.TLSClientConfig = &tls.Config{NextProtos: []string{"http/1.1"}}
	// Dials and handshakes continue after the call that started them has ended. The
	// timeout of a dial is shorter than that of a call, because its error names the
	// address that does not answer.
	t.DialContext = (&net.Dialer{Timeout: timeout * 3 / 4}).DialContext
	t.TLSHandshakeTimeout = timeout
	t.OnProxyConnectResponse = RefusedByProxy
	t.MaxResponseHeaderBytes = maxHeader
	t.MaxIdleConnsPerHost = 64 // more than four operations with 10 slots each
	t.IdleConnTimeout = idleTimeout
	return t
}

// proxyError is the answer of a proxy that refuses to connect to the endpoint.
type proxyError struct{ status int }

func (e *proxyError) Error() string {
	return fmt.Sprintf("the proxy answers CONNECT with HTTP %d %s", e.status, http.StatusText(e.status))
}

// RefusedByProxy is an [http.Transport.OnProxyConnectResponse]. It returns a typed error
// if a proxy refuses to connect. The error of net/http would be the proxy's own text,
// which does not mention a proxy and may contain its password.
func RefusedByProxy(_ context.Context, _ *url.URL, _ *http.Request, response *http.Response) error {
	if response.StatusCode != http.StatusOK {
		return &proxyError{response.StatusCode}
	}
	return nil
}
