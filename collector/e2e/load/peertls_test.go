package load_test

import (
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"math/big"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/network"
)

// authority signs the certificates of servers.
type authority struct {
	t *testing.T
	*network.Authority
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a, err := network.NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	return &authority{t, a}
}

// config returns the configuration of a server with a certificate for 127.0.0.1. change may
// change the certificate.
func (a *authority) config(change func(*x509.Certificate), protocols ...string) *tls.Config {
	a.t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: "peer"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	if change != nil {
		change(template)
	}
	signed, err := a.Sign(template)
	if err != nil {
		a.t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{signed}, NextProtos: protocols}
}

// tlsPeers returns peers that misbehave in TLS or accept only some of its versions.
func tlsPeers(t *testing.T, trusted *authority) []peer {
	answers := says(good)
	return []peer{
		{name: "prefers HTTP2 and can do without", tls: trusted.config(nil, "h2", "http/1.1"),
			accept: func(s *server, c net.Conn) {
				conn := c.(*tls.Conn)
				if conn.Handshake() != nil {
					return
				}
				if conn.ConnectionState().NegotiatedProtocol == "h2" {
					_, _ = conn.Write([]byte{0, 0, 0, 4, 0, 0, 0, 0, 0}) // SETTINGS
					s.stall(conn)
					return
				}
				s.converse(conn)
			}, answer: answers},
		{name: "knows HTTP2 only", class: "transport", answer: answers, tls: func() *tls.Config {
			c := trusted.config(nil, "h2")
			// Go's server would also accept clients of HTTP/1.1.
			c.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
				if !slices.Contains(hello.SupportedProtos, "h2") {
					return nil, errors.New("no protocol in common")
				}
				return nil, nil
			}
			return c
		}()},
		{name: "knows TLS but no ALPN", tls: trusted.config(nil), answer: answers},
		{name: "has a certificate of nobody known", class: "transport", tls: newAuthority(t).config(nil), answer: answers},
		{name: "has a certificate that has expired", class: "transport", answer: answers,
			tls: trusted.config(func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) })},
		{name: "has a certificate for another host", class: "transport", answer: answers,
			tls: trusted.config(func(c *x509.Certificate) { c.IPAddresses, c.DNSNames = nil, []string{"iot.example.com"} })},
		{name: "wants a client certificate", class: "transport", answer: answers,
			tls: func() *tls.Config { c := trusted.config(nil); c.ClientAuth = tls.RequireAnyClientCert; return c }()},
		{name: "never ends the handshake", class: "timeout", scheme: "https",
			accept: func(s *server, c net.Conn) { s.stall(c) }},
		{name: "speaks plain HTTP where HTTPS is wanted", class: "transport", scheme: "https",
			accept: func(_ *server, c net.Conn) { _, _ = io.WriteString(c, "HTTP/1.1 400 Bad Request\r\n\r\n") }},
		{name: "speaks HTTPS where plain HTTP is wanted", class: "transport", scheme: "http", tls: trusted.config(nil), answer: answers},
		{name: "sends TLS records that are none", class: "transport", scheme: "https",
			accept: func(s *server, c net.Conn) { _, _ = c.Write([]byte{22, 3, 1, 0xff, 0xff, 1, 2, 3}); s.stall(c) }},
	}
}

// placePeers returns good peers whose address or whose keys are hard to get.
func placePeers() []peer {
	uri := func(s *server) string { return "credentials_uri: " + s.url() }
	return []peer{
		{name: "listens on IPv6 only", host: "::1", answer: says(good)},
		{name: "has a name that cannot be resolved for a while", endpoint: lateName, also: "transport", answer: says(good)},
		{name: "has a name that does not exist", class: "transport", endpoint: "no.hostile.test", answer: says(good)},
		{name: "gives keys without end", class: "auth", credentials: uri,
			answer: endless("HTTP/1.1 200 OK\r\n\r\n", `{"Code":"Success",`)},
		{name: "gives keys byte by byte", class: "auth", credentials: uri,
			answer: trickles("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", " ")},
		{name: "gives no keys", class: "auth", credentials: uri, accept: func(s *server, c net.Conn) { s.stall(c) }},
		{name: "switches protocols instead of giving keys", class: "auth", credentials: uri,
			answer: raw("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n")},
		{name: "sends early hints instead of keys", class: "auth", credentials: uri,
			answer: endless("", "HTTP/1.1 103 Early Hints\r\n\r\n")},
	}
}
