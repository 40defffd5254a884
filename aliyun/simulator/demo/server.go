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

// Server is the demo fleet behind a loopback address. Make one with Start or
// StartTLS. Its methods may be called concurrently.
type Server struct {
	URL    string      // what the endpoint of an account is to be
	Key    gateway.Key // may ask for everything of the account "production"
	server *http.Server
}

// Start serves the demo on a free port of 127.0.0.1 until Close. The error is
// that of listening.
func Start() (*Server, error) { return start("http", (*http.Server).Serve) }

// StartTLS is Start over TLS with HTTP/2 switched on. Its clients must
// trust the authority.
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
			ErrorLog:          log.New(io.Discard, "", 0), // a client that breaks off knows why
		},
	}
	go func() { _ = serve(s.server, l) }() // always http.ErrServerClosed
	return s, nil
}

// Config is the configuration, in YAML, of an exporter that watches the demo.
func (s *Server) Config() string { return configFor(s.URL) }

// Close frees the port and drops all connections; calls under way fail.
func (s *Server) Close() error { return s.server.Close() }
