package aliyun

import (
	"context"
	"crypto/tls"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/credentials"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/network"
)

// Endpoints are the ways to reach a server. Each function starts a server with this handler
// for the time of the test, and returns its URL and a transport for it.
var Endpoints = map[string]func(*testing.T, http.Handler) (string, *http.Transport){
	"plain HTTP": func(t *testing.T, h http.Handler) (string, *http.Transport) {
		server := httptest.NewServer(h)
		t.Cleanup(server.Close)
		return server.URL, newTransport(10 * time.Second)
	},
	"TLS with HTTP/2 on": func(t *testing.T, h http.Handler) (string, *http.Transport) {
		server := newTLSServer(t, h, time.Now().Add(time.Hour), "127.0.0.1")
		return server.start(t)
	},
	"TLS with HTTP/2 on, behind a proxy": func(t *testing.T, h http.Handler) (string, *http.Transport) {
		server := newTLSServer(t, h, time.Now().Add(time.Hour), "127.0.0.1")
		address, transport := server.start(t)
		proxy := httptest.NewServer(http.HandlerFunc(network.Tunnel))
		t.Cleanup(proxy.Close)
		through, err := url.Parse(proxy.URL)
		if err != nil {
			t.Fatal(err)
		}
		transport.Proxy = http.ProxyURL(through)
		return address, transport
	},
}

// tlsServer is an unstarted server with its authority.
type tlsServer struct {
	*httptest.Server
	authority *network.Authority
}

func newTLSServer(t *testing.T, h http.Handler, until time.Time, hosts ...string) tlsServer {
	t.Helper()
	authority, err := network.NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := authority.Issue(until, hosts...)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(h)
	server.EnableHTTP2 = true
	server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}, NextProtos: []string{"h2", "http/1.1"}}
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // it would report failed handshakes
	return tlsServer{server, authority}
}

// start returns the URL and a transport that trusts the authority.
func (s tlsServer) start(t *testing.T) (string, *http.Transport) {
	s.StartTLS()
	t.Cleanup(s.Close)
	transport := newTransport(10 * time.Second)
	transport.TLSClientConfig.RootCAs = s.authority.Pool()
	return s.URL, transport
}

// The client offers only HTTP/1.1: a server that prefers HTTP/2 answers in HTTP/1.1.
func TestEndpoints(t *testing.T) {
	for name, endpoint := range Endpoints {
		t.Run(name, func(t *testing.T) {
			sim := simulator.New()
			sim.AddAccount(gateway.Account{Name: "main", Keys: []gateway.Key{{ID: "id", Secret: "secret"}}})
			sim.AddBatch(fleet.Batch{Account: "main", JobID: "job-1"})
			address, transport := endpoint(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.ProtoMajor != 1 || r.TLS != nil && r.TLS.NegotiatedProtocol != "http/1.1" {
					t.Errorf("a request in %s, TLS %+v", r.Proto, r.TLS)
				}
				sim.ServeHTTP(w, r)
			}))
			client := NewClient(staticKeys{"id", "secret", ""}, Options{Transport: transport})
			defer client.Close()
			if _, _, err := client.QueryOTAJob(t.Context(), Instance{URL: address}, "job-1"); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// The servers of these tests prefer HTTP/2.
func TestEndpointsPreferHTTP2(t *testing.T) {
	server := newTLSServer(t, http.NotFoundHandler(), time.Now().Add(time.Hour), "127.0.0.1")
	address, _ := server.start(t)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: server.authority.Pool()}, ForceAttemptHTTP2: true}
	defer transport.CloseIdleConnections()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := transport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.ProtoMajor != 2 {
		t.Errorf("it answers in %s", response.Proto)
	}
}

// The protocols in the ClientHello. A server shows only the one that it selects, so this
// test reads the ClientHello itself.
func TestALPN(t *testing.T) {
	server := newTLSServer(t, http.NotFoundHandler(), time.Now().Add(time.Hour), "127.0.0.1")
	var offered atomic.Value
	server.TLS.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		offered.Store(hello.SupportedProtos)
		return nil, nil //nolint:nilnil // that is how the server's own configuration is chosen
	}
	address, transport := server.start(t)
	client := NewClient(staticKeys{"id", "secret", ""}, Options{Transport: transport})
	defer client.Close()
	_, _, _ = client.QueryOTAJob(t.Context(), Instance{URL: address}, "job-1") // the server knows no batch
	if got, _ := offered.Load().([]string); !slices.Equal(got, []string{"http/1.1"}) {
		t.Errorf("the client offers %q", got)
	}
}

// staticKeys always returns the same keys.
type staticKeys credentials.Keys

func (k staticKeys) Keys(context.Context) (credentials.Keys, error) { return credentials.Keys(k), nil }
func (staticKeys) Reject(credentials.Keys)                          {}
