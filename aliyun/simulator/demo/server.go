package demo

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/network"
)

// Server serves the demo on a loopback address. Create it with Start or StartTLS. It is
// safe for concurrent use.
type Server struct {
	URL    string      // value of endpoint in the configuration of an account
	Key    gateway.Key // a key of the account "production" with all permissions
	server *http.Server
}

// Start serves the demo on a free port of 127.0.0.1 until Close. The error is that of
// net.Listen.
func Start() (*Server, error) { return start("http", (*http.Server).Serve) }

// StartTLS is like Start but uses TLS with HTTP/2. Clients must trust the authority.
func StartTLS(authority *network.Authority) (*Server, error) {
	certificate, err := authority.Issue(time.Now().Add(12*time.Hour), "127.0.0.1")
	if err != nil {
		return nil, fmt.Errorf("start the demo: %w", err)
	}
	return start("https", func(server *http.Server, l net.Listener) error {
		network.ServeTLS(server, certificate)
		return server.ServeTLS(l, "", "")
	})
}

func start(scheme string, serve func(*http.Server, net.Listener) error) (*Server, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("start the demo: %w", err)
	}
	s := &Server{
		URL: scheme + "://" + l.Addr().String(),
		Key: keyOf("production"),
		server: &http.Server{
			Handler:           newHandler(time.Now()),
			ReadHeaderTimeout: 10 * time.Second,
			ErrorLog:          log.New(io.Discard, "", 0), // no log of clients that close their connection
		},
	}
	go func() { _ = serve(s.server, l) }() // always http.ErrServerClosed
	return s, nil
}

// Config returns the YAML configuration of an exporter that watches the demo.
func (s *Server) Config() string { return configFor(s.URL) }

// Close closes the listener and all connections. Calls in progress fail. The error is
// that of closing the listener.
func (s *Server) Close() error { return s.server.Close() }
