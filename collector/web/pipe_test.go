package web

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/go-kit/log"
	"github.com/prometheus/exporter-toolkit/web"
)

// pipes is a listener whose connections are in memory: with a real one time
// would not pass in synctest.
type pipes struct {
	accepted chan net.Conn
	closed   chan struct{}
	once     sync.Once
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.accepted:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "pipe"} }

// dial connects as a client does.
func (p *pipes) dial() net.Conn {
	client, server := net.Pipe()
	p.accepted <- server
	return client
}

// serve runs Serve until the test ends, or stop is called, which gives how long
// the stop took.
func serve(t *testing.T, handler http.HandlerFunc) (p *pipes, stop func() time.Duration) {
	t.Helper()
	p = &pipes{accepted: make(chan net.Conn), closed: make(chan struct{})}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- Serve(ctx, Listeners{p}, &web.FlagConfig{WebConfigFile: new("")}, handler, log.NewNopLogger())
	}()
	stop = sync.OnceValue(func() time.Duration {
		start := time.Now()
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the end: %v", err)
		}
		return time.Since(start)
	})
	t.Cleanup(func() { stop() })
	return p, stop
}

// ask sends a request as it stands and gives the status of the answer.
func ask(t *testing.T, p *pipes, request string) (status int) {
	t.Helper()
	conn := p.dial()
	defer conn.Close()
	go io.WriteString(conn, request)
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	return answer.StatusCode
}
