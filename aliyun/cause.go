package aliyun

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"
)

// Cause distinguishes failures for which the API has no codes: failures on the way to
// the endpoint, and lists that are too long. It is "" for all other failures and for
// unknown causes.
type Cause string

const (
	CauseDNS         Cause = "dns"                    // the host name has no address
	CauseUnreachable Cause = "unreachable"            // the address does not answer, or there is no route to it
	CauseRefused     Cause = "refused"                // nothing listens on the port
	CauseClosed      Cause = "closed"                 // the connection was closed before the answer
	CauseProxy       Cause = "proxy"                  // the proxy is not reachable, or refuses to connect
	CauseUntrusted   Cause = "certificate_untrusted"  // this machine does not trust the authority that signed it
	CauseExpired     Cause = "certificate_expired"    // expired, or not valid yet
	CauseWrongHost   Cause = "certificate_wrong_host" // issued for another host name
	CauseCertificate Cause = "certificate"            // invalid for another reason
	CauseNoTLS       Cause = "no_tls"                 // the endpoint does not speak TLS, although the URL has https
	CauseOnlyTLS     Cause = "only_tls"               // the endpoint speaks TLS, although the URL has http
	CauseTLS         Cause = "tls"                    // the TLS handshake failed
	CauseProtocol    Cause = "protocol"               // the answer is not HTTP/1.1
	CauseList        Cause = "list"                   // a list without an end, or a page with more entries than requested
	CauseLimit       Cause = "limit"                  // a list has more entries than an account may watch
)

// Causes lists every cause.
var Causes = []Cause{
	CauseDNS, CauseUnreachable, CauseRefused, CauseClosed, CauseProxy, CauseUntrusted, CauseExpired,
	CauseWrongHost, CauseCertificate, CauseNoTLS, CauseOnlyTLS, CauseTLS, CauseProtocol, CauseList, CauseLimit,
}

// causeOf classifies an error of net, crypto or net/http by its type, or by its text
// where the error has no type.
func causeOf(err error) Cause {
	var proxy *proxyError
	var op *net.OpError
	isOp := errors.As(err, &op)
	if errors.As(err, &proxy) || isOp && op.Op == "proxyconnect" {
		return CauseProxy
	}
	if cause := certificateCause(err); cause != "" {
		return cause
	}
	var dns *net.DNSError
	var record tls.RecordHeaderError
	var asNet net.Error
	switch {
	case errors.As(err, &dns):
		return CauseDNS
	case errors.As(err, &record):
		return CauseNoTLS
	case errors.Is(err, syscall.ECONNREFUSED):
		return CauseRefused
	case isOp && op.Op == "dial":
		return CauseUnreachable
	case errors.As(err, &asNet) && asNet.Timeout():
		return ""
	case isOp && (op.Op == "remote error" || op.Op == "local error"): // a TLS alert
		return CauseTLS
	case errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return CauseClosed
	}
	text := err.Error()
	has := func(part string) bool { return strings.Contains(text, part) }
	switch {
	case has(`malformed HTTP response "\x15\x03`): // a TLS alert
		return CauseOnlyTLS
	case has("tls: "):
		return CauseTLS
	case has("server closed idle connection"):
		return CauseClosed
	case has("malformed ") || has("HTTP/1.x transport connection broken") || has("headers exceeded") || has("chunk") || has("trailer"):
		return CauseProtocol
	}
	return ""
}

// certificateCause returns why the endpoint's certificate was refused, "" if it was
// not.
func certificateCause(err error) Cause {
	var (
		unknown   x509.UnknownAuthorityError
		host      x509.HostnameError
		invalid   x509.CertificateInvalidError
		other     *tls.CertificateVerificationError
		noneKnown x509.SystemRootsError
	)
	switch {
	case errors.As(err, &unknown), errors.As(err, &noneKnown):
		return CauseUntrusted
	case errors.As(err, &host):
		return CauseWrongHost
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return CauseExpired
	case errors.As(err, &other):
		return CauseCertificate
	}
	return ""
}
