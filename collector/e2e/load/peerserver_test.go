package load_test

import (
	"bufio"
	"crypto/tls"
	"net"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"
)

// peer is a server that misbehaves in one way. It shares no code with the simulator of the
// API, so that a mistake in the simulator shows.
type peer struct {
	name string // of its account; describes how it misbehaves
	// class is the error class of polls of its batches; "" if they succeed.
	class string
	// also is another class that polls may have.
	also string
	// listFails is set if its lists cannot be read.
	listFails bool
	// tls makes it an HTTPS server.
	tls *tls.Config
	// scheme is the scheme of the endpoint if it is not that of the server.
	scheme string
	// host is the address to listen on; "" is 127.0.0.1.
	host string
	// endpoint is the host in the configuration; "" is the address of the server.
	endpoint string
	// late is set if the failure shows only after a while, so not in a check.
	late bool
	// accept handles a whole connection. If it is nil, requests are read one by one and
	// answer is called for each until it returns false.
	accept func(s *server, c net.Conn)
	answer func(s *server, c net.Conn, r *http.Request) (again bool)
	// credentials is the YAML of the credentials; nil is a key pair.
	credentials func(s *server) string
}

// server runs a peer and records when requests arrive.
type server struct {
	peer
	listener net.Listener
	closed   chan struct{} // closed when the server is to end

	mu       sync.Mutex // guards all below
	conns    map[net.Conn]bool
	arrivals map[string][]time.Time // by operation
}

// serve starts a peer. It stops when the test ends.
func serve(t *testing.T, p peer) *server {
	t.Helper()
	host := p.host
	if host == "" {
		host = "127.0.0.1"
	}
	l, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		t.Fatal(err)
	}
	s := &server{peer: p, listener: l, closed: make(chan struct{}), conns: make(map[net.Conn]bool), arrivals: make(map[string][]time.Time)}
	var running sync.WaitGroup
	running.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			if !s.keep(c) {
				return
			}
			running.Go(func() {
				defer s.drop(c)
				s.handle(c)
			})
		}
	})
	t.Cleanup(func() {
		close(s.closed)
		l.Close()
		s.mu.Lock()
		for c := range s.conns {
			c.Close()
		}
		s.mu.Unlock()
		running.Wait()
	})
	return s
}

func (s *server) keep(c net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.closed:
		c.Close()
		return false
	default:
		s.conns[c] = true
		return true
	}
}

func (s *server) drop(c net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, c)
	c.Close()
}

func (s *server) handle(c net.Conn) {
	if s.tls != nil {
		c = tls.Server(c, s.tls)
	}
	if s.accept != nil {
		s.accept(s, c)
		return
	}
	s.converse(c)
}

// converse reads requests and answers them.
func (s *server) converse(c net.Conn) {
	for requests := bufio.NewReader(c); ; {
		r := s.read(requests)
		if r == nil || !s.answer(s, c, r) {
			return
		}
	}
}

// read returns the next request, nil at the end of the connection.
func (s *server) read(from *bufio.Reader) *http.Request {
	r, err := http.ReadRequest(from)
	if err != nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	operation := r.Header.Get("X-Acs-Action")
	s.arrivals[operation] = append(s.arrivals[operation], time.Now())
	return r
}

// pause waits. It returns false if the server stops meanwhile.
func (s *server) pause(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-s.closed:
		return false
	}
}

// stall waits until the client closes the connection or the server stops.
func (s *server) stall(c net.Conn) {
	_ = c.SetReadDeadline(time.Now().Add(time.Minute))
	buffer := make([]byte, 4096)
	for {
		if _, err := c.Read(buffer); err != nil {
			return
		}
	}
}

// worstSecond returns the largest number of requests of one operation in any second.
func (s *server) worstSecond() (worst int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, arrivals := range s.arrivals {
		arrivals = slices.SortedFunc(slices.Values(arrivals), time.Time.Compare)
		from := 0
		for i, at := range arrivals {
			for at.Sub(arrivals[from]) >= time.Second {
				from++
			}
			worst = max(worst, i-from+1)
		}
	}
	return worst
}

// requests returns the number of requests.
func (s *server) requests() (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, arrivals := range s.arrivals {
		n += len(arrivals)
	}
	return n
}

// url returns the endpoint for the configuration.
func (s *server) url() string {
	scheme := "http"
	if s.tls != nil {
		scheme = "https"
	}
	if s.scheme != "" {
		scheme = s.scheme
	}
	host, port, _ := net.SplitHostPort(s.listener.Addr().String())
	if s.endpoint != "" {
		host = s.endpoint
	}
	return scheme + "://" + net.JoinHostPort(host, port)
}
