package web

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-kit/log"
	"github.com/prometheus/exporter-toolkit/web"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/network"
)

const (
	overTLS  = "tls_server_config: {cert_file: server.pem, key_file: server.pem}\n"
	password = "basic_auth_users: {prometheus: $2a$04$0A2tIRk3qZqjRlmvhYXg3u6LdPOEy2W4rf2zrOh2i/sqlLg5Tq.py}\n"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// certificate returns a certificate and its key, as the content of a file.
func certificate(t *testing.T) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate})) +
		string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}))
}

// While the web configuration is invalid, exporter-toolkit rejects all clients. The log has one
// line about it within a minute, without a secret, and another one when it is valid again.
func TestWebConfigThatBecomesInvalid(t *testing.T) {
	for name, c := range map[string]struct {
		before, after string
		want          string // part of the logged error; "": the file is still valid
	}{
		"with TLS, an unknown key":          {overTLS, "garbage: x\n", "garbage is not a key"},
		"with TLS, an empty file":           {overTLS, "", "TLS config is not present"},
		"with TLS, a password alone":        {overTLS, password, "TLS config is not present"},
		"with TLS, a password too":          {overTLS, overTLS + password, ""},
		"with TLS, a missing certificate":   {overTLS, strings.ReplaceAll(overTLS, "server.pem", "gone.pem"), "gone.pem"},
		"with TLS, a removed file":          {overTLS, "remove", "no such file"},
		"without TLS, an unknown key":       {password, "garbage: x\n", "garbage is not a key"},
		"without TLS, no password any more": {password, "", ""},
		"a secret in the wrong place":       {password, "basic_auth_users: do-not-show\n", "line 1: not a set of keys"},
		"a password that is not a hash":     {password, "basic_auth_users: {prometheus: do-not-show}\n", "not the bcrypt hash"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "web.yml")
			write(t, filepath.Join(filepath.Dir(path), "server.pem"), certificate(t))
			write(t, path, c.before)
			synctest.Test(t, func(t *testing.T) {
				logged := serveWith(t, path)
				logged.next()
				// after returns what is logged in the next ten minutes.
				after := func() string {
					time.Sleep(10 * time.Minute)
					synctest.Wait()
					return logged.next()
				}
				if text := after(); text != "" {
					t.Errorf("while the file is valid: %s", text)
				}
				write(t, path, c.after)
				if c.after == "remove" {
					os.Remove(path)
				}
				text := after()
				if c.want == "" {
					if text != "" {
						t.Errorf("while the file is still valid: %s", text)
					}
					return
				}
				if strings.Count(text, "\n") != 1 || !strings.Contains(text, "level=warn") || !strings.Contains(text, c.want) ||
					!strings.Contains(text, "file="+path) || strings.Contains(text, "do-not-show") {
					t.Errorf("while the file is invalid: %s\nwant one warning with %q and the file", text, c.want)
				}
				write(t, path, c.before)
				if text := after(); strings.Count(text, "\n") != 1 || !strings.Contains(text, "level=info") || !strings.Contains(text, "valid again") {
					t.Errorf("once the file is valid again: %s", text)
				}
			})
		})
	}
}

// logged is a log that a test reads while it is written.
type logged struct {
	mu   sync.Mutex // guards text
	text bytes.Buffer
}

func (l *logged) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(line)
}

// next returns what was logged since the last call.
func (l *logged) next() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer l.text.Reset()
	return l.text.String()
}

// serveWith runs Serve on two addresses with a web configuration, until the test ends. It
// returns the log.
func serveWith(t *testing.T, path string) *logged {
	t.Helper()
	l := new(logged)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		listeners := Listeners{network.NewPipeListener(), network.NewPipeListener()}
		ended <- listeners.Serve(ctx, &web.FlagConfig{WebConfigFile: &path}, http.HandlerFunc(done), false, log.NewLogfmtLogger(l))
	}()
	t.Cleanup(func() {
		start := time.Now()
		cancel()
		if err := <-ended; err != nil || time.Since(start) > 0 {
			t.Errorf("Serve: %v, after %v", err, time.Since(start))
		}
	})
	synctest.Wait()
	return l
}
