package main

import (
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestTwoAddresses(t *testing.T) {
	t.Parallel()
	e := start(t, "--config.file="+file(t, "config.yml", smallest), "--web.listen-address=127.0.0.1:0")
	if e.urls[0] == e.urls[1] {
		t.Fatalf("both are %s", e.urls[0])
	}
	for _, url := range e.urls {
		request, err := http.NewRequestWithContext(t.Context(), "GET", url+"/-/healthy", nil)
		if err != nil {
			t.Fatal(err)
		}
		if status, body := do(t, plainClient, request); status != 200 {
			t.Errorf("%s: %d %s", url, status, body)
		}
	}
}

func TestTelemetryPath(t *testing.T) {
	t.Parallel()
	e := start(t, "--config.file="+file(t, "config.yml", smallest), "--web.telemetry-path=/ota")
	for path, want := range map[string]int{"/ota": 200, "/metrics": 404, "/": 200} {
		if status, _ := e.get(path); status != want {
			t.Errorf("%s: %d, want %d", path, status, want)
		}
	}
}

// basicAuth lets the user "prometheus" in with "password"; the hash is at
// bcrypt's lowest cost.
const basicAuth = "basic_auth_users: {prometheus: $2a$04$0A2tIRk3qZqjRlmvhYXg3u6LdPOEy2W4rf2zrOh2i/sqlLg5Tq.py}\n"

// Two addresses, because exporter-toolkit changes the server that it is given.
func TestBasicAuth(t *testing.T) {
	t.Parallel()
	e := start(t, "--config.file="+file(t, "config.yml", smallest), "--web.config.file="+file(t, "web.yml", basicAuth),
		"--web.listen-address=127.0.0.1:0")
	for _, url := range e.urls {
		for _, path := range []string{"/", "/metrics", "/-/healthy", "/-/ready", "/-/reload", "/nowhere"} {
			request, err := http.NewRequestWithContext(t.Context(), "GET", url+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			if status, body := do(t, plainClient, request); status != 401 {
				t.Errorf("%s without a password: %d %q, want 401", path, status, body)
			}
			request.SetBasicAuth("prometheus", "wrong")
			if status, body := do(t, plainClient, request); status != 401 {
				t.Errorf("%s with a wrong password: %d %q, want 401", path, status, body)
			}
			request.SetBasicAuth("prometheus", "password")
			if status, body := do(t, plainClient, request); status == 401 {
				t.Errorf("%s with the password: %d %q", path, status, body)
			}
		}
	}
}

func TestTLS(t *testing.T) {
	t.Parallel()
	// Its certificate is for the loopback address, and its client trusts it.
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	certificate := server.TLS.Certificates[0]
	key, err := x509.MarshalPKCS8PrivateKey(certificate.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	inPEM := func(kind string, data []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: data}))
	}
	web := file(t, "web.yml", "tls_server_config:\n"+
		"  cert_file: "+file(t, "cert.pem", inPEM("CERTIFICATE", certificate.Certificate[0]))+"\n"+
		"  key_file: "+file(t, "key.pem", inPEM("PRIVATE KEY", key))+"\n")
	e := start(t, "--config.file="+file(t, "config.yml", smallest), "--web.config.file="+web)

	client := server.Client()
	defer client.CloseIdleConnections()
	request, err := http.NewRequestWithContext(t.Context(), "GET", strings.Replace(e.urls[0], "http:", "https:", 1)+"/-/healthy", nil)
	if err != nil {
		t.Fatal(err)
	}
	if status, body := do(t, client, request); status != 200 {
		t.Errorf("over TLS: %d %q", status, body)
	}
	if status, body := e.get("/-/healthy"); status == 200 {
		t.Errorf("without TLS: %d %q, want a refusal", status, body)
	}
}

// A web configuration that is missing or wrong must not come up open.
func TestBadWebConfig(t *testing.T) {
	config := "--config.file=" + file(t, "config.yml", smallest)
	for name, web := range map[string]string{
		"a missing file":     "missing.yml",
		"an unknown key":     file(t, "unknown.yml", "basic_auth: {}\n"),
		"a hash that is not": file(t, "hash.yml", "basic_auth_users: {prometheus: password}\n"),
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := command(t, config, "--web.config.file="+web, "--web.listen-address=127.0.0.1:0")
			if err == nil {
				t.Fatal("no error")
			}
			t.Log(err)
		})
	}
}
