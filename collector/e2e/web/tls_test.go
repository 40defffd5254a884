package web_test

import (
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/exportertest"
)

// serverFiles writes a folder with a web configuration and what that names: server.crt
// and server.key, signed by the authority server, and the authority for clients in
// client-ca.crt.
func serverFiles(t *testing.T, web string, server, clients authority) (folder string) {
	t.Helper()
	folder = t.TempDir()
	own := server.issue(t, "exporter.example.com", x509.ExtKeyUsageServerAuth)
	for name, text := range map[string]string{
		"web.yml": web, "server.crt": own.certificate, "server.key": own.key, "client-ca.crt": clients.pem(),
	} {
		exportertest.WriteFile(t, filepath.Join(folder, name), text)
	}
	return folder
}

const (
	overTLS   = "tls_server_config: {cert_file: server.crt, key_file: server.key}\n"
	mutualTLS = "tls_server_config: {cert_file: server.crt, key_file: server.key, client_ca_file: client-ca.crt," +
		" client_auth_type: RequireAndVerifyClientCert}\n"
)

// startTLS runs the exporter with the web.yml of the folder. Its URL begins with https.
func startTLS(t *testing.T, folder string) *exportertest.Exporter {
	t.Helper()
	e := exportertest.Start(t, "--config.file="+exportertest.TempFile(t, "config.yml", exportertest.SmallestConfig), "--web.config.file="+filepath.Join(folder, "web.yml"))
	e.URLs[0] = strings.Replace(e.URLs[0], "http:", "https:", 1)
	return e
}

// tlsClient makes a new connection, and so a new handshake, for each request.
func tlsClient(config *tls.Config) *http.Client {
	return &http.Client{Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: config}}
}

// healthy asks for /-/healthy, without a password if that is "". A handshake that is
// refused is an error.
func healthy(e *exportertest.Exporter, client *http.Client, password string) (status int, from *tls.ConnectionState, err error) {
	e.T.Helper()
	request := exportertest.NewRequest(e.T, http.MethodGet, e.URLs[0]+"/-/healthy")
	if password != "" {
		request.SetBasicAuth("prometheus", password)
	}
	answer, _, err := exportertest.Fetch(client, request)
	if err != nil {
		return 0, nil, err
	}
	return answer.StatusCode, answer.TLS, nil
}

// The exporter shows its certificate, and speaks nothing older than TLS 1.2.
func TestTLS(t *testing.T) {
	t.Parallel()
	ours, other := newAuthority(t), newAuthority(t)
	e := startTLS(t, serverFiles(t, overTLS, ours, ours))

	if status, _, err := healthy(e, tlsClient(&tls.Config{RootCAs: ours.pool()}), ""); status != 200 {
		t.Errorf("over TLS: %d, error %v", status, err)
	}
	if status, _, err := healthy(e, tlsClient(&tls.Config{RootCAs: other.pool()}), ""); err == nil {
		t.Errorf("trusting another authority: %d, want an error", status)
	}
	old := &tls.Config{RootCAs: ours.pool(), MaxVersion: tls.VersionTLS11}
	if status, _, err := healthy(e, tlsClient(old), ""); err == nil {
		t.Errorf("over TLS 1.1: %d, want an error", status)
	}
	e.URLs[0] = strings.Replace(e.URLs[0], "https:", "http:", 1)
	if status, _, err := healthy(e, exportertest.Client, ""); status != 400 {
		t.Errorf("without TLS: %d, error %v, want 400", status, err)
	}
}

// A client is let in by a certificate for clients, in force, of the right authority, and
// by nothing less.
func TestMutualTLS(t *testing.T) {
	t.Parallel()
	server, clients := newAuthority(t), newAuthority(t)
	e := startTLS(t, serverFiles(t, mutualTLS, server, clients))
	const asClient = x509.ExtKeyUsageClientAuth
	expired := func(c *x509.Certificate) {
		c.NotBefore, c.NotAfter = time.Now().Add(-2*time.Hour), time.Now().Add(-time.Hour)
	}
	for name, c := range map[string]struct {
		shown   []tls.Certificate
		refusal string // "": let in
	}{
		"no certificate":         {nil, "certificate required"},
		"of the right authority": {[]tls.Certificate{clients.issue(t, "prometheus", asClient).loaded(t)}, ""},
		// It says the same of itself as the right one.
		"of another authority": {[]tls.Certificate{newAuthority(t).issue(t, "prometheus", asClient).loaded(t)}, "unknown certificate authority"},
		"of the server's authority": {[]tls.Certificate{server.issue(t, "prometheus", asClient).loaded(t)},
			"unknown certificate authority"},
		"expired":      {[]tls.Certificate{clients.issue(t, "prometheus", asClient, expired).loaded(t)}, "expired certificate"},
		"for a server": {[]tls.Certificate{clients.issue(t, "prometheus", x509.ExtKeyUsageServerAuth).loaded(t)}, "bad certificate"},
	} {
		t.Run(name, func(t *testing.T) {
			// Certificates would be sent only if the server named their authority. This
			// client sends its own regardless, as an attacker would.
			config := &tls.Config{RootCAs: server.pool(), GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
				if len(c.shown) == 0 {
					return new(tls.Certificate), nil
				}
				return &c.shown[0], nil
			}}
			status, _, err := healthy(e, tlsClient(config), "")
			switch {
			case c.refusal == "" && status != 200:
				t.Errorf("%d, error %v, want 200", status, err)
			case c.refusal != "" && (err == nil || !strings.Contains(err.Error(), "remote error: tls: "+c.refusal)):
				t.Errorf("%d, error %v, want the refusal %q", status, err, c.refusal)
			}
		})
	}
}

// With mutual TLS and basic auth together a client needs both.
func TestTLSWithBasicAuth(t *testing.T) {
	t.Parallel()
	ours := newAuthority(t)
	e := startTLS(t, serverFiles(t, mutualTLS+exportertest.BasicAuthConfig, ours, ours))
	// Both trust the exporter; known has a certificate of its own, too.
	trusting := &tls.Config{RootCAs: ours.pool()}
	known := &tls.Config{RootCAs: ours.pool(), Certificates: []tls.Certificate{ours.issue(t, "prometheus", x509.ExtKeyUsageClientAuth).loaded(t)}}

	if status, _, err := healthy(e, tlsClient(trusting), "password"); err == nil {
		t.Errorf("the password alone: %d, want a refusal", status)
	}
	if status, _, err := healthy(e, tlsClient(known), ""); status != 401 {
		t.Errorf("the certificate alone: %d, error %v, want 401", status, err)
	}
	if status, _, err := healthy(e, tlsClient(known), "wrong"); status != 401 {
		t.Errorf("with a wrong password: %d, error %v, want 401", status, err)
	}
	if status, _, err := healthy(e, tlsClient(known), "password"); status != 200 {
		t.Errorf("both: %d, error %v, want 200", status, err)
	}
}

// The certificate is read again for each connection, and the web configuration for each
// request, so a renewal of either needs no restart. While they are inconsistent or
// missing nobody is let in.
func TestRenewedCertificate(t *testing.T) {
	t.Parallel()
	ours := newAuthority(t)
	folder := serverFiles(t, overTLS, ours, ours)
	e := startTLS(t, folder)
	client := tlsClient(&tls.Config{RootCAs: ours.pool()})
	// The authority gives 2 as the serial number, unless it is changed.
	if status, from, err := healthy(e, client, ""); status != 200 || from.PeerCertificates[0].SerialNumber.Int64() != 2 {
		t.Fatalf("at first: %d, error %v", status, err)
	}

	// The certificate comes first and its key a moment later.
	renewed := ours.issue(t, "exporter.example.com", x509.ExtKeyUsageServerAuth, func(c *x509.Certificate) { c.SerialNumber = big.NewInt(3) })
	exportertest.WriteFile(t, filepath.Join(folder, "server.crt"), renewed.certificate)
	if status, _, err := healthy(e, client, ""); err == nil {
		t.Errorf("with a key that is not the certificate's: %d, want a refusal", status)
	}
	exportertest.WriteFile(t, filepath.Join(folder, "server.key"), renewed.key)
	if status, from, err := healthy(e, client, ""); status != 200 || from.PeerCertificates[0].SerialNumber.Int64() != 3 {
		t.Errorf("renewed: %d, error %v, certificate %v", status, err, from)
	}

	exportertest.WriteFile(t, filepath.Join(folder, "web.yml"), overTLS+exportertest.BasicAuthConfig)
	if status, _, err := healthy(e, client, ""); status != 401 {
		t.Errorf("with a password that came later: %d, error %v, want 401", status, err)
	}
	if err := os.Remove(filepath.Join(folder, "web.yml")); err != nil {
		t.Fatal(err)
	}
	if status, _, err := healthy(e, client, "password"); err == nil {
		t.Errorf("without its web configuration: %d, want a refusal", status)
	}
}
