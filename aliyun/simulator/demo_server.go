package simulator

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"time"
)

// Demo is the demo fleet behind a loopback address. Make one with StartDemo or
// StartDemoTLS. Its methods may be called concurrently.
type Demo struct {
	URL    string // what the endpoint of an account is to be
	Key    Key    // may ask for everything of the account "production"
	server *http.Server
}

// StartDemo serves the demo on a free port of 127.0.0.1 until Close. The error is
// that of listening.
func StartDemo() (*Demo, error) { return startDemo("http", (*http.Server).Serve) }

// StartDemoTLS is StartDemo over TLS with HTTP/2 switched on. Its clients must
// trust the authority.
func StartDemoTLS(authority *Authority) (*Demo, error) {
	certificate, err := authority.Issue(time.Now().Add(12*time.Hour), "127.0.0.1")
	if err != nil {
		return nil, fmt.Errorf("start the demo: %w", err)
	}
	return startDemo("https", func(server *http.Server, l net.Listener) error {
		serveTLS(server, certificate)
		return server.ServeTLS(l, "", "")
	})
}

func startDemo(scheme string, serve func(*http.Server, net.Listener) error) (*Demo, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("start the demo: %w", err)
	}
	d := &Demo{
		URL: scheme + "://" + l.Addr().String(),
		Key: demoKey("production"),
		server: &http.Server{
			Handler:           newDemo(time.Now()),
			ReadHeaderTimeout: 10 * time.Second,
			ErrorLog:          log.New(io.Discard, "", 0), // a client that breaks off knows why
		},
	}
	go func() { _ = serve(d.server, l) }() // always http.ErrServerClosed
	return d, nil
}

// Config is the configuration, in YAML, of an exporter that watches the demo.
func (d *Demo) Config() string { return demoConfig(d.URL) }

// Close frees the port and drops all connections; calls under way fail.
func (d *Demo) Close() error { return d.server.Close() }
