package aliyun

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// raw starts a server that calls a function with each connection.
func raw(t *testing.T, do func(net.Conn)) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			do(conn)
			conn.Close()
		}
	}()
	return l.Addr().String()
}

// saysRaw starts a server that reads once, sends this text and closes the connection.
func saysRaw(t *testing.T, answer string) (address string) {
	return raw(t, func(conn net.Conn) {
		_, _ = conn.Read(make([]byte, 4096))
		_, _ = io.WriteString(conn, answer)
	})
}

// Each cause is recognized with a real server that has this fault.
func TestCauses(t *testing.T) {
	later := time.Now().Add(time.Hour)
	// overTLS returns a server with this certificate and configuration.
	overTLS := func(until time.Time, host string, change func(*tls.Config, *http.Transport)) func(*testing.T) (string, *http.Transport) {
		return func(t *testing.T) (string, *http.Transport) {
			server := newTLSServer(t, http.NotFoundHandler(), until, host)
			address, transport := server.start(t)
			if change != nil {
				change(server.TLS, transport)
			}
			return address, transport
		}
	}
	plain := func(address func(*testing.T) string) func(*testing.T) (string, *http.Transport) {
		return func(t *testing.T) (string, *http.Transport) { return address(t), newTransport(10 * time.Second) }
	}
	says := func(answer string) func(*testing.T) (string, *http.Transport) {
		return plain(func(t *testing.T) string { return "http://" + saysRaw(t, answer) })
	}
	through := func(proxy func(*testing.T) string) func(*testing.T) (string, *http.Transport) {
		return func(t *testing.T) (string, *http.Transport) {
			transport := newTransport(10 * time.Second)
			transport.Proxy = http.ProxyURL(&url.URL{Scheme: "http", Host: proxy(t)})
			return "https://iot.invalid", transport
		}
	}
	closed := func(t *testing.T) string {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		l.Close()
		return l.Addr().String()
	}
	met := map[Cause]bool{CauseCertificate: true} // see TestOtherCertificates
	for name, c := range map[string]struct {
		start func(*testing.T) (string, *http.Transport)
		class Class
		cause Cause
	}{
		"a host without an address":  {plain(func(*testing.T) string { return "http://host.invalid" }), ClassTransport, CauseDNS},
		"nothing listens":            {plain(func(t *testing.T) string { return "http://" + closed(t) }), ClassTransport, CauseRefused},
		"nothing listens, for https": {plain(func(t *testing.T) string { return "https://" + closed(t) }), ClassTransport, CauseRefused},
		"no answer to the connect": {func(*testing.T) (string, *http.Transport) {
			transport := newTransport(10 * time.Second)
			transport.DialContext = (&net.Dialer{Timeout: time.Nanosecond}).DialContext
			return "http://127.0.0.1:9", transport
		}, ClassTimeout, CauseUnreachable},
		"a certificate of an authority that is not trusted": {overTLS(later, "127.0.0.1", func(_ *tls.Config, client *http.Transport) {
			client.TLSClientConfig.RootCAs = nil
		}), ClassTransport, CauseUntrusted},
		"a certificate that has expired":      {overTLS(time.Now().Add(-time.Hour), "127.0.0.1", nil), ClassTransport, CauseExpired},
		"a certificate that is not yet valid": {overTLS(time.Now().Add(100*time.Hour), "127.0.0.1", nil), ClassTransport, CauseExpired},
		"a certificate for another name":      {overTLS(later, "iot.cn-shanghai.aliyuncs.com", nil), ClassTransport, CauseWrongHost},
		"a certificate for another address":   {overTLS(later, "127.0.0.2", nil), ClassTransport, CauseWrongHost},
		"a server without HTTP/1.1": {overTLS(later, "127.0.0.1", func(server *tls.Config, _ *http.Transport) {
			server.NextProtos = []string{"h3"} // of one with h2 alone, Go's server takes a client without it too
		}), ClassTransport, CauseTLS},
		"a server that wants a client certificate": {overTLS(later, "127.0.0.1", func(server *tls.Config, _ *http.Transport) {
			server.ClientAuth = tls.RequireAnyClientCert
		}), ClassTransport, CauseTLS},
		"a server of TLS 1.1": {overTLS(later, "127.0.0.1", func(server *tls.Config, _ *http.Transport) {
			server.MinVersion, server.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
		}), ClassTransport, CauseTLS},
		"plain HTTP behind https": {plain(func(t *testing.T) string {
			server := httptest.NewServer(http.NotFoundHandler())
			t.Cleanup(server.Close)
			return "https://" + server.Listener.Addr().String()
		}), ClassTransport, CauseNoTLS},
		"SSH behind https":                 {plain(func(t *testing.T) string { return "https://" + saysRaw(t, "SSH-2.0-OpenSSH_9.2\r\n") }), ClassTransport, CauseNoTLS},
		"the connection closes, for https": {plain(func(t *testing.T) string { return "https://" + saysRaw(t, "") }), ClassTransport, CauseClosed},
		"TLS behind http":                  {says("\x15\x03\x01\x00\x02\x02\x46"), ClassTransport, CauseOnlyTLS},
		"HTTP/2 without TLS":               {says("\x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x64\x00\x04\x40\x00\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00"), ClassTransport, CauseProtocol},
		"SSH":                              {says("SSH-2.0-OpenSSH_9.2\r\n"), ClassTransport, CauseProtocol},
		"mail":                             {says("220 mail.example.com ESMTP\r\n"), ClassTransport, CauseProtocol},
		"a status line of HTTP/2":          {says("HTTP/2 200 OK\r\n\r\n"), ClassTransport, CauseProtocol},
		"a status that is not a number":    {says("HTTP/1.1 OK\r\n\r\n"), ClassTransport, CauseProtocol},
		"a header without a colon":         {says("HTTP/1.1 200 OK\r\nnothing\r\n\r\n"), ClassTransport, CauseProtocol},
		"a length that is not a number":    {says("HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n"), ClassTransport, CauseProtocol},
		"two lengths":                      {says("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"), ClassTransport, CauseProtocol},
		"an unrequested encoding":          {says("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n"), ClassTransport, CauseProtocol},
		"invalid chunks":                   {says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nno\r\n"), ClassTransport, CauseProtocol},
		"the connection closes":            {says(""), ClassTransport, CauseClosed},
		"half a status line":               {says("HTTP/1.1 20"), ClassTransport, CauseProtocol},
		"half the headers":                 {says("HTTP/1.1 200 OK\r\nX-A"), ClassTransport, CauseProtocol},
		"a reset": {plain(func(t *testing.T) string {
			return "http://" + raw(t, func(conn net.Conn) {
				_, _ = conn.Read(make([]byte, 1))
				_ = conn.(*net.TCPConn).SetLinger(0)
			})
		}), ClassTransport, CauseClosed},
		"a proxy that does not listen":         {through(closed), ClassTransport, CauseProxy},
		"a proxy without an address":           {through(func(*testing.T) string { return "proxy.invalid:3128" }), ClassTransport, CauseProxy},
		"a proxy that wants a password":        {through(func(t *testing.T) string { return saysRaw(t, "HTTP/1.1 407 hush-token\r\n\r\n") }), ClassTransport, CauseProxy},
		"a proxy that does not reach the host": {through(func(t *testing.T) string { return saysRaw(t, "HTTP/1.1 502 Bad Gateway\r\n\r\n") }), ClassTransport, CauseProxy},
		"an incomplete body has no cause":      {says("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}"), ClassDecode, ""},
	} {
		t.Run(name, func(t *testing.T) {
			address, transport := c.start(t)
			client := NewClient(staticKeys{"id", "secret", ""}, Options{Transport: transport})
			defer client.Close()
			_, _, err := client.QueryOTAJob(t.Context(), Instance{URL: address}, "job-1")
			failure, ok := errors.AsType[*Error](err)
			if !ok {
				t.Fatalf("error %v", err)
			}
			if failure.Class != c.class || failure.Cause != c.cause {
				t.Errorf("class %s, cause %q, want %s, %q: %v", failure.Class, failure.Cause, c.class, c.cause, err)
			}
			met[failure.Cause] = true
			if text := fmt.Sprint(err); len(text) > 400 || strings.Contains(text, "hush") {
				t.Errorf("the error says too much: %s", text)
			}
		})
	}
	met[CauseList], met[CauseLimit] = true, true // what the reader of a list sees, not a call
	for _, cause := range Causes {
		if !met[cause] {
			t.Errorf("%s: no case", cause)
		}
	}
}

// Any other fault of a certificate is CauseCertificate.
func TestOtherCertificates(t *testing.T) {
	for _, reason := range []x509.InvalidReason{x509.NotAuthorizedToSign, x509.IncompatibleUsage, x509.CANotAuthorizedForThisName} {
		err := &tls.CertificateVerificationError{Err: x509.CertificateInvalidError{Cert: &x509.Certificate{}, Reason: reason}}
		if got := causeOf(err); got != CauseCertificate {
			t.Errorf("%v: %q", err, got)
		}
	}
}
