package network

import (
	"context"
	"net"
	"net/http"
	"sync"
)

// Pipe serves a handler over connections in memory, for testing/synctest, where a
// real socket would keep the clock from moving. Give dial to an http.Transport as
// its DialContext; it ignores network and address. stop closes all connections and
// returns when the server has ended; from then on dial fails with net.ErrClosed.
// Both may be called concurrently, and stop more than once.
func Pipe(handler http.Handler) (dial func(ctx context.Context, network, address string) (net.Conn, error), stop func()) {
	l := NewPipeListener()
	server := &http.Server{Handler: handler}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(l) // always http.ErrServerClosed
	}()
	return l.Dial, func() {
		_ = l.Close() // for a stop before Serve has begun
		_ = server.Close()
		<-done
	}
}

// PipeListener is a [net.Listener] whose connections are in memory, as those of
// [Pipe]. Nothing buffers them: a byte that is not read holds up its writer. Make
// it with NewPipeListener; it is safe for concurrent use.
type PipeListener struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

// NewPipeListener returns a listener that accepts until it is closed.
func NewPipeListener() *PipeListener {
	return &PipeListener{conns: make(chan net.Conn), closed: make(chan struct{})}
}

// Dial connects, once the connection is accepted; it ignores network and address.
// Its errors are net.ErrClosed and ctx's.
func (l *PipeListener) Dial(ctx context.Context, _, _ string) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case l.conns <- server:
		return client, nil
	case <-l.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Accept implements [net.Listener].
func (l *PipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Close implements [net.Listener]. Connections that were accepted stay open.
func (l *PipeListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

// Addr implements [net.Listener].
func (l *PipeListener) Addr() net.Addr { return pipeAddr{} }

type pipeAddr struct{}

func (pipeAddr) Network() string { return "pipe" }
func (pipeAddr) String() string  { return "pipe" }
