package security_test

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

// serverFiles makes a folder with a web configuration and the files that it names:
// server.crt and server.key, signed by the authority server, and client-ca.crt with the
// authority for clients.
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

// startTLS starts the exporter with the web.yml of the folder. Its URL begins with https.
func startTLS(t *testing.T, folder string) *exportertest.Exporter {
	t.Helper()
	e := exportertest.Start(t, "--config.file="+exportertest.TempFile(t, "config.yml", exportertest.SmallestConfig), "--web.config.file="+filepath.Join(folder, "web.yml"))
	e.URLs[0] = strings.Replace(e.URLs[0], "http:", "https:", 1)
	return e
}

// tlsClient returns a client with a new connection, and so a new handshake, for each request.
func tlsClient(config *tls.Config) *http.Client {
	return &http.Client{Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: config}}
}

// healthy asks for /-/healthy, without basic auth if the password is "". It is an error if
// the handshake fails.
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

// The exporter presents its certificate and accepts TLS 1.2 or newer.
func TestTLS(t *testing.T) {
	t.Parallel()
	ours, other := newAuthority(t), newAuthority(t)
	e := startTLS(t, serverFiles(t, overTLS, ours, ours))

	if status, _, err := healthy(e, tlsClient(&tls.Config{RootCAs: ours.Pool()}), ""); status != 200 {
		t.Errorf("over TLS: status %d, error %v", status, err)
	}
	if status, _, err := healthy(e, tlsClient(&tls.Config{RootCAs: other.Pool()}), ""); err == nil {
		t.Errorf("a client that trusts another authority: status %d, want an error", status)
	}
	old := &tls.Config{RootCAs: ours.Pool(), MaxVersion: tls.VersionTLS11}
	if status, _, err := healthy(e, tlsClient(old), ""); err == nil {
		t.Errorf("over TLS 1.1: status %d, want an error", status)
	}
	e.URLs[0] = strings.Replace(e.URLs[0], "https:", "http:", 1)
	if status, _, err := healthy(e, exportertest.Client, ""); status != 400 {
		t.Errorf("without TLS: status %d, error %v, want 400", status, err)
	}
}

// With mutual TLS a client needs a valid client certificate of the right authority.
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
		refusal string // the error of the server; "": the client is accepted
	}{
		"no certificate":         {nil, "certificate required"},
		"of the right authority": {[]tls.Certificate{clients.issue(t, "prometheus", asClient).loaded(t)}, ""},
		// Its name is the name of the right one.
		"of another authority": {[]tls.Certificate{newAuthority(t).issue(t, "prometheus", asClient).loaded(t)}, "unknown certificate authority"},
		"of the server's authority": {[]tls.Certificate{server.issue(t, "prometheus", asClient).loaded(t)},
			"unknown certificate authority"},
		"expired":      {[]tls.Certificate{clients.issue(t, "prometheus", asClient, expired).loaded(t)}, "expired certificate"},
		"for a server": {[]tls.Certificate{clients.issue(t, "prometheus", x509.ExtKeyUsageServerAuth).loaded(t)}, "bad certificate"},
	} {
		t.Run(name, func(t *testing.T) {
			// A normal client sends a certificate only if the server names its authority. This
			// client always sends it, as an attacker would.
			config := &tls.Config{RootCAs: server.Pool(), GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
				if len(c.shown) == 0 {
					return new(tls.Certificate), nil
				}
				return &c.shown[0], nil
			}}
			status, _, err := healthy(e, tlsClient(config), "")
			switch {
			case c.refusal == "" && status != 200:
				t.Errorf("status %d, error %v, want 200", status, err)
			case c.refusal != "" && (err == nil || !strings.Contains(err.Error(), "remote error: tls: "+c.refusal)):
				t.Errorf("status %d, error %v, want the error %q", status, err, c.refusal)
			}
		})
	}
}

// With mutual TLS and basic auth a client needs both.
func TestTLSWithBasicAuth(t *testing.T) {
	t.Parallel()
	ours := newAuthority(t)
	e := startTLS(t, serverFiles(t, mutualTLS+exportertest.BasicAuthConfig, ours, ours))
	// Both clients trust the exporter. Only known has a certificate.
	trusting := &tls.Config{RootCAs: ours.Pool()}
	known := &tls.Config{RootCAs: ours.Pool(), Certificates: []tls.Certificate{ours.issue(t, "prometheus", x509.ExtKeyUsageClientAuth).loaded(t)}}

	if status, _, err := healthy(e, tlsClient(trusting), "password"); err == nil {
		t.Errorf("only the password: status %d, want an error", status)
	}
	if status, _, err := healthy(e, tlsClient(known), ""); status != 401 {
		t.Errorf("only the certificate: status %d, error %v, want 401", status, err)
	}
	if status, _, err := healthy(e, tlsClient(known), "wrong"); status != 401 {
		t.Errorf("a wrong password: status %d, error %v, want 401", status, err)
	}
	if status, _, err := healthy(e, tlsClient(known), "password"); status != 200 {
		t.Errorf("both: status %d, error %v, want 200", status, err)
	}
}

// The exporter reads the certificate for each connection and the web configuration for each
// request, so that a new certificate or password needs no restart. While the files do not
// fit together, or one is missing, every request fails.
func TestRenewedCertificate(t *testing.T) {
	t.Parallel()
	ours := newAuthority(t)
	folder := serverFiles(t, overTLS, ours, ours)
	e := startTLS(t, folder)
	client := tlsClient(&tls.Config{RootCAs: ours.Pool()})
	// The first certificate has the serial number 2.
	if status, from, err := healthy(e, client, ""); status != 200 || from.PeerCertificates[0].SerialNumber.Int64() != 2 {
		t.Fatalf("first certificate: status %d, error %v", status, err)
	}

	// The certificate is replaced first, and its key a moment later.
	renewed := ours.issue(t, "exporter.example.com", x509.ExtKeyUsageServerAuth, func(c *x509.Certificate) { c.SerialNumber = big.NewInt(3) })
	exportertest.WriteFile(t, filepath.Join(folder, "server.crt"), renewed.certificate)
	if status, _, err := healthy(e, client, ""); err == nil {
		t.Errorf("with a key of another certificate: status %d, want an error", status)
	}
	exportertest.WriteFile(t, filepath.Join(folder, "server.key"), renewed.key)
	if status, from, err := healthy(e, client, ""); status != 200 || from.PeerCertificates[0].SerialNumber.Int64() != 3 {
		t.Errorf("new certificate: status %d, error %v, certificate %v", status, err, from)
	}

	exportertest.WriteFile(t, filepath.Join(folder, "web.yml"), overTLS+exportertest.BasicAuthConfig)
	if status, _, err := healthy(e, client, ""); status != 401 {
		t.Errorf("after a password was set: status %d, error %v, want 401", status, err)
	}
	if err := os.Remove(filepath.Join(folder, "web.yml")); err != nil {
		t.Fatal(err)
	}
	if status, _, err := healthy(e, client, "password"); err == nil {
		t.Errorf("without the web configuration: status %d, want an error", status)
	}
}
