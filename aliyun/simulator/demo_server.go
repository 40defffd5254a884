package simulator

import (
	"fmt"
	"net"
	"net/http"
	"time"
)

// Demo is the demo fleet behind an address of this machine.
type Demo struct {
	URL    string // what an endpoint is set to
	Key    Key    // one that may ask for everything of one account
	server *http.Server
}

// StartDemo serves the demo on a free port of the loopback address until Close.
func StartDemo() (*Demo, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("start the demo: %w", err)
	}
	d := &Demo{
		URL:    "http://" + l.Addr().String(),
		Key:    Key{ID: demoKeyID("production"), Secret: demoSecret("production")},
		server: &http.Server{Handler: NewDemo(time.Now()), ReadHeaderTimeout: 10 * time.Second},
	}
	go func() { _ = d.server.Serve(l) }() // always http.ErrServerClosed
	return d, nil
}

// Config is the configuration of an exporter that watches the demo.
func (d *Demo) Config() string { return DemoConfig(d.URL) }

// Close ends it.
func (d *Demo) Close() error { return d.server.Close() }
