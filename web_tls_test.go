package main

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// serverFiles writes a folder with the web configuration and what it names:
// server.crt and server.key, which the authority signs, and client-ca.crt.
func serverFiles(t *testing.T, web string, server, clients authority) (folder string) {
	t.Helper()
	folder = t.TempDir()
	own := server.issue(t, "exporter.example.com", x509.ExtKeyUsageServerAuth)
	for name, text := range map[string]string{
		"web.yml": web, "server.crt": own.certificate, "server.key": own.key, "client-ca.crt": clients.pem(),
	} {
		rewrite(t, filepath.Join(folder, name), text)
	}
	return folder
}

const (
	overTLS   = "tls_server_config: {cert_file: server.crt, key_file: server.key}\n"
	mutualTLS = "tls_server_config: {cert_file: server.crt, key_file: server.key, client_ca_file: client-ca.crt," +
		" client_auth_type: RequireAndVerifyClientCert}\n"
)

// startTLS runs the exporter with the web.yml of the folder. Its address is
// that of https.
func startTLS(t *testing.T, folder string) *exporter {
	t.Helper()
	e := start(t, "--config.file="+file(t, "config.yml", smallest), "--web.config.file="+filepath.Join(folder, "web.yml"))
	e.urls[0] = strings.Replace(e.urls[0], "http:", "https:", 1)
	return e
}

// tlsClient makes a connection for each request.
func tlsClient(config *tls.Config) *http.Client {
	return &http.Client{Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: config}}
}

// healthy asks for /-/healthy. Unlike do it gives the error of a refusal.
func (e *exporter) healthy(client *http.Client, user ...string) (status int, from *tls.ConnectionState, err error) {
	e.t.Helper()
	request, err := http.NewRequestWithContext(e.t.Context(), "GET", e.urls[0]+"/-/healthy", nil)
	if err != nil {
		e.t.Fatal(err)
	}
	if len(user) == 2 {
		request.SetBasicAuth(user[0], user[1])
	}
	response, err := client.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	if _, err := io.ReadAll(response.Body); err != nil {
		return 0, nil, err
	}
	return response.StatusCode, response.TLS, nil
}

func TestTLS(t *testing.T) {
	t.Parallel()
	ours, other := newAuthority(t), newAuthority(t)
	e := startTLS(t, serverFiles(t, overTLS, ours, ours))

	if status, _, err := e.healthy(tlsClient(&tls.Config{RootCAs: ours.pool()})); status != 200 {
		t.Errorf("over TLS: %d, error %v", status, err)
	}
	if status, _, err := e.healthy(tlsClient(&tls.Config{RootCAs: other.pool()})); err == nil {
		t.Errorf("trusting another authority: %d, want an error", status)
	}
	old := &tls.Config{RootCAs: ours.pool(), MaxVersion: tls.VersionTLS11}
	if status, _, err := e.healthy(tlsClient(old)); err == nil {
		t.Errorf("over TLS 1.1: %d, want an error", status)
	}
	e.urls[0] = strings.Replace(e.urls[0], "https:", "http:", 1)
	if status, _, err := e.healthy(plainClient); status != 400 {
		t.Errorf("without TLS: %d, error %v, want 400", status, err)
	}
}

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
		// Its name is the same.
		"of another authority": {[]tls.Certificate{newAuthority(t).issue(t, "prometheus", asClient).loaded(t)}, "unknown certificate authority"},
		"of the server's authority": {[]tls.Certificate{server.issue(t, "prometheus", asClient).loaded(t)},
			"unknown certificate authority"},
		"expired":      {[]tls.Certificate{clients.issue(t, "prometheus", asClient, expired).loaded(t)}, "expired certificate"},
		"for a server": {[]tls.Certificate{clients.issue(t, "prometheus", x509.ExtKeyUsageServerAuth).loaded(t)}, "bad certificate"},
	} {
		t.Run(name, func(t *testing.T) {
			// A client leaves out a certificate that the server's list of authorities does not ask for, unless told.
			config := &tls.Config{RootCAs: server.pool(), GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
				if len(c.shown) == 0 {
					return new(tls.Certificate), nil
				}
				return &c.shown[0], nil
			}}
			status, _, err := e.healthy(tlsClient(config))
			switch {
			case c.refusal == "" && status != 200:
				t.Errorf("%d, error %v, want 200", status, err)
			case c.refusal != "" && (err == nil || !strings.Contains(err.Error(), "remote error: tls: "+c.refusal)):
				t.Errorf("%d, error %v, want the refusal %q", status, err, c.refusal)
			}
		})
	}
}

func TestTLSWithBasicAuth(t *testing.T) {
	t.Parallel()
	ours := newAuthority(t)
	e := startTLS(t, serverFiles(t, mutualTLS+basicAuth, ours, ours))
	trusting := &tls.Config{RootCAs: ours.pool()}
	known := &tls.Config{RootCAs: ours.pool(), Certificates: []tls.Certificate{ours.issue(t, "prometheus", x509.ExtKeyUsageClientAuth).loaded(t)}}

	if status, _, err := e.healthy(tlsClient(trusting), "prometheus", "password"); err == nil {
		t.Errorf("the password alone: %d, want a refusal", status)
	}
	if status, _, err := e.healthy(tlsClient(known)); status != 401 {
		t.Errorf("the certificate alone: %d, error %v, want 401", status, err)
	}
	if status, _, err := e.healthy(tlsClient(known), "prometheus", "wrong"); status != 401 {
		t.Errorf("with a wrong password: %d, error %v, want 401", status, err)
	}
	if status, _, err := e.healthy(tlsClient(known), "prometheus", "password"); status != 200 {
		t.Errorf("both: %d, error %v, want 200", status, err)
	}
}

// What the web configuration names is read for each connection, itself for
// each request: renewals need no restart.
func TestRenewedCertificate(t *testing.T) {
	t.Parallel()
	ours := newAuthority(t)
	folder := serverFiles(t, overTLS, ours, ours)
	e := startTLS(t, folder)
	client := tlsClient(&tls.Config{RootCAs: ours.pool()})
	if status, from, err := e.healthy(client); status != 200 || from.PeerCertificates[0].SerialNumber.Int64() != 2 {
		t.Fatalf("at first: %d, error %v", status, err)
	}

	renewed := ours.issue(t, "exporter.example.com", x509.ExtKeyUsageServerAuth, func(c *x509.Certificate) { c.SerialNumber = big.NewInt(3) })
	rewrite(t, filepath.Join(folder, "server.crt"), renewed.certificate)
	if status, _, err := e.healthy(client); err == nil {
		t.Errorf("with a key that is not the certificate's: %d, want a refusal", status)
	}
	rewrite(t, filepath.Join(folder, "server.key"), renewed.key)
	if status, from, err := e.healthy(client); status != 200 || from.PeerCertificates[0].SerialNumber.Int64() != 3 {
		t.Errorf("renewed: %d, error %v, certificate %v", status, err, from)
	}

	rewrite(t, filepath.Join(folder, "web.yml"), overTLS+basicAuth)
	if status, _, err := e.healthy(client); status != 401 {
		t.Errorf("with a password that came later: %d, error %v, want 401", status, err)
	}
	if err := os.Remove(filepath.Join(folder, "web.yml")); err != nil {
		t.Fatal(err)
	}
	if status, _, err := e.healthy(client, "prometheus", "password"); err == nil {
		t.Errorf("without its web configuration: %d, want a refusal", status)
	}
}
