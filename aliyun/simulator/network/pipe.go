package network

import (
	"context"
	"net"
	"net/http"
	"sync"
)

// Pipe serves a handler over connections in memory. It is for testing/synctest, whose
// clock does not advance while a goroutine waits for a real socket. dial is for the
// DialContext of an http.Transport; it ignores network and address. stop closes all
// connections and returns when the server has ended; after that, dial returns
// net.ErrClosed. Both are safe for concurrent use. stop may be called more than once.
func Pipe(handler http.Handler) (dial func(ctx context.Context, network, address string) (net.Conn, error), stop func()) {
	l := NewPipeListener()
	server := &http.Server{Handler: handler}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(l) // always http.ErrServerClosed
	}()
	return l.Dial, func() {
		_ = l.Close() // in case Serve has not started yet
		_ = server.Close()
		<-done
	}
}

// PipeListener is a [net.Listener] with connections in memory, like those of [Pipe]. They
// have no buffer: a write blocks until its bytes are read. Create it with
// NewPipeListener. It is safe for concurrent use.
type PipeListener struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

// NewPipeListener returns a listener that accepts connections until it is closed.
func NewPipeListener() *PipeListener {
	return &PipeListener{conns: make(chan net.Conn), closed: make(chan struct{})}
}

// Dial returns when its connection is accepted. It ignores network and address. The error
// is net.ErrClosed or that of ctx.
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

// Close implements [net.Listener]. It does not close accepted connections. The error is
// nil.
func (l *PipeListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

// Addr implements [net.Listener].
func (l *PipeListener) Addr() net.Addr { return pipeAddr{} }

type pipeAddr struct{}

func (pipeAddr) Network() string { return "pipe" }
func (pipeAddr) String() string  { return "pipe" }
