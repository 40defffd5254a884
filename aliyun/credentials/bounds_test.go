package credentials

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/network"
)

// For any answer of a source, Keys returns soon with an error that says why, and uses little
// memory. The test gives the same answers to every source: a proxy of this process
// answers for all their hosts.
func TestSourcesAreBounded(t *testing.T) {
	home := bareEnvironment(t)
	t.Setenv("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "")
	t.Setenv("ALIBABA_CLOUD_CREDENTIALS_URI", "http://chain.example.com/")
	token := writeFile(t, filepath.Join(home, "token"), "token")
	sources := map[string]Config{
		"a credentials URI":          {CredentialsURI: "http://keys.example.com/"},
		"a credentials URI over TLS": {CredentialsURI: "https://keys.example.com/"},
		"the role of the host":       {ECSRAMRole: "role"},
		"STS, by a key":              {AccessKeyID: "id", AccessKeySecret: "secret", RoleARN: "acs:ram::1:role/r"},
		"STS, by OIDC":               {OIDCProviderARN: "acs:ram::1:oidc-provider/p", OIDCTokenFile: token, RoleARN: "acs:ram::1:role/r"},
		"the standard chain":         {},
	}

	var answer atomic.Value // http.HandlerFunc
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { answer.Load().(http.HandlerFunc)(w, r) })
	server, authority := sourcesOverTLS(t, handler)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodConnect {
			r.Host = server.Listener.Addr().String()
			network.Tunnel(w, r)
			return
		}
		handler(w, r)
	}))
	t.Cleanup(proxy.Close)
	all, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	// credentials-go copies http.DefaultTransport.
	transport := http.DefaultTransport.(*http.Transport)
	before := http.DefaultTransport
	http.DefaultTransport = transport.Clone()
	t.Cleanup(func() { http.DefaultTransport = before })
	http.DefaultTransport.(*http.Transport).Proxy = http.ProxyURL(all)
	http.DefaultTransport.(*http.Transport).TLSClientConfig.RootCAs = authority.Pool()

	var zipped bytes.Buffer // a MiB of zeros
	z := gzip.NewWriter(&zipped)
	if _, err := z.Write(make([]byte, 1<<20)); err != nil || z.Close() != nil {
		t.Fatal(err)
	}
	var sent atomic.Int64
	endless := func(w http.ResponseWriter, _ *http.Request) {
		for {
			n, err := io.WriteString(w, strings.Repeat(" ", 32<<10))
			if sent.Add(int64(n)); err != nil {
				return
			}
		}
	}
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		want   string
	}{
		"a body without end": {endless, "too long"},
		"an error without end": {func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusForbidden)
			endless(w, r)
		}, "too long"},
		"another protocol": {func(w http.ResponseWriter, _ *http.Request) {
			conn, buffered, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n")
			io.Copy(io.Discard, buffered) // until the client closes
		}, "HTTP 101"},
		"a small gzip that unpacks to much": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(zipped.Bytes())
		}, ""}, // the request to STS does not accept gzip, so its answer is not JSON
	} {
		for kind, cfg := range sources {
			t.Run(name+" from "+kind, func(t *testing.T) {
				sent.Store(0)
				answer.Store(c.answer)
				ctx, cancel := context.WithTimeout(t.Context(), 7*time.Second) // the sources' own bound is 8 s
				defer cancel()
				_, err := New(cfg, nil).Keys(ctx)
				if err == nil || ctx.Err() != nil || !strings.Contains(err.Error(), c.want) {
					t.Fatalf("error %v, want %q", err, c.want)
				}
				demandOwnWords(t, err)
				if n := sent.Load(); n > 64<<20 { // the system buffers a part of it for each request
					t.Errorf("%d bytes were taken", n)
				}
			})
		}
	}
}

// sourcesOverTLS starts a server for the hosts of the sources. It returns the authority that
// signed its certificate. The server speaks HTTP/1.1, so that it can send 101.
func sourcesOverTLS(t *testing.T, h http.Handler) (*httptest.Server, *network.Authority) {
	t.Helper()
	authority, err := network.NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := authority.Issue(time.Now().Add(time.Hour), "keys.example.com", "sts.aliyuncs.com")
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(h)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // it would report failed handshakes
	server.StartTLS()
	t.Cleanup(server.Close)
	return server, authority
}

// Keys that are not possible in a header are an error of their source. If they were sent,
// the call would fail with an error of net/http.
func TestKeysWithControlCharacters(t *testing.T) {
	for name, c := range map[string]struct{ id, secret, token string }{
		"a line break in the id":    {`STS.id\r\nX-Other: 1`, "secret", "token"},
		"a tab in the secret":       {"STS.id", `sec\tret`, "token"},
		"a line break in the token": {"STS.id", "secret", `token\n`},
		"a NUL in the token":        {"STS.id", "secret", `tok\u0000en`},
	} {
		t.Run(name, func(t *testing.T) {
			source := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				fmt.Fprintf(w, `{"Code":"Success","AccessKeyId":"%s","AccessKeySecret":"%s","SecurityToken":"%s","Expiration":"2099-01-01T00:00:00Z"}`, c.id, c.secret, c.token)
			}))
			t.Cleanup(source.Close)
			_, err := New(Config{CredentialsURI: source.URL}, nil).Keys(t.Context())
			if err == nil || !strings.Contains(err.Error(), "control character") {
				t.Errorf("error %v", err)
			} else if strings.Contains(err.Error(), "sec") {
				t.Errorf("it quotes the keys: %v", err)
			}
		})
	}
}
