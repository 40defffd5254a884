package harness

import (
	"context"
	"io"
	"net"
	"sync"
)

// Stallable is a network between an exporter and the simulator that can delay requests. As in
// a real network, a request arrives when the stall ends, even if the client has closed its
// connection by then.
type Stallable struct {
	dial Dial

	mu      sync.Mutex // guards all below
	flowing chan struct{}
	clients []net.Conn
}

// StallNetwork puts a Stallable between the exporter and the simulator of the harness.
func (h *Harness) StallNetwork() *Stallable {
	s := &Stallable{flowing: make(chan struct{})}
	close(s.flowing)
	h.DialBy(func(dial Dial) Dial {
		s.dial = dial
		return s.connect
	})
	return s
}

// Stall delays all requests until flow is called.
func (s *Stallable) Stall() (flow func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	flowing := make(chan struct{})
	s.flowing = flowing
	return func() { close(flowing) }
}

// Reset closes all connections on the side of the client.
func (s *Stallable) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, client := range s.clients {
		client.Close()
	}
	s.clients = nil
}

func (s *Stallable) connect(ctx context.Context, network, address string) (net.Conn, error) {
	server, err := s.dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	client, near := net.Pipe()
	s.mu.Lock()
	s.clients = append(s.clients, client)
	s.mu.Unlock()
	// There is one request at a time, so there are never more pieces than this.
	sent := make(chan []byte, 16)
	go func() {
		defer close(sent)
		for {
			piece := make([]byte, 4096)
			n, err := near.Read(piece)
			if err != nil {
				return
			}
			sent <- piece[:n]
		}
	}()
	go func() {
		defer server.Close()
		for piece := range sent {
			s.mu.Lock()
			flowing := s.flowing
			s.mu.Unlock()
			<-flowing
			if _, err := server.Write(piece); err != nil {
				return
			}
		}
	}()
	go func() {
		defer near.Close()
		if _, err := io.Copy(near, server); err != nil {
			_, _ = io.Copy(io.Discard, server) // the client has gone
		}
	}()
	return client, nil
}
