package collector_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-kit/log"
	toolkit "github.com/prometheus/exporter-toolkit/web"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/web"
)

const scrapeRequest = "GET /metrics HTTP/1.1\r\nHost: exporter\r\n\r\n"

// slowScrapers are how a scraper can keep its answer waiting. How long others
// can hold a connection is tested beside web.Serve.
var slowScrapers = map[string]func(c net.Conn){
	"it stops reading": func(c net.Conn) {
		io.WriteString(c, scrapeRequest)
		_, _ = c.Read(make([]byte, 1))
	},
	"it reads a byte a second": func(c net.Conn) {
		io.WriteString(c, scrapeRequest)
		for {
			if _, err := c.Read(make([]byte, 1)); err != nil {
				return
			}
			time.Sleep(time.Second)
		}
	},
}

// scrapeLimit is how long an answer may take to be read.
const scrapeLimit = time.Minute

// A scraper that takes its time costs itself its connection, and the others,
// the polling and the end of the program nothing.
func TestSlowScrapers(t *testing.T) {
	for name, scrape := range slowScrapers {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHarness(t)
				h.inProgress(50)
				h.apply()
				h.pass(20 * time.Second)
				l, stop := h.listen()
				var slow []*scraperConn
				var scrapers sync.WaitGroup
				for range 20 {
					conn := l.dial()
					slow = append(slow, conn)
					scrapers.Go(func() { scrape(conn.client) })
				}
				for end := time.Now().Add(scrapeLimit + time.Second); time.Now().Before(end); h.pass(time.Second) {
					began := time.Now()
					if n := l.scrape(t); n < 50 || time.Since(began) > 0 {
						t.Fatalf("%d samples after %v for another scraper", n, time.Since(began))
					}
					for _, s := range h.store.Snapshot() {
						if age := time.Since(s.TrueAt()); age > 17*time.Second {
							t.Fatalf("%s is %v old", s.JobID, age)
						}
					}
				}
				for i, conn := range slow {
					select {
					case <-conn.closed:
					default:
						t.Errorf("slow scraper %d still has its connection after %v", i, scrapeLimit+time.Second)
					}
				}
				last := l.dial()
				scrapers.Go(func() { scrape(last.client) })
				h.pass(time.Second)
				began := time.Now()
				if err := stop(); err != nil {
					t.Errorf("the end: %v", err)
				}
				if took := time.Since(began); took > 6*time.Second {
					t.Errorf("the end took %v", took)
				}
				scrapers.Wait()
			})
		})
	}
}

// listen serves /metrics as the program does, over connections in memory.
func (h *harness) listen() (l *scraperListener, stop func() error) {
	l = &scraperListener{conns: make(chan net.Conn), closed: make(chan struct{})}
	ctx, cancel := context.WithCancel(h.t.Context())
	ended := make(chan error, 1)
	noFile, noSocket := "", false
	flags := &toolkit.FlagConfig{WebConfigFile: &noFile, WebSystemdSocket: &noSocket}
	go func() { ended <- web.Serve(ctx, web.Listeners{l}, flags, h.handler, log.NewNopLogger()) }()
	return l, func() error { cancel(); return <-ended }
}

// scraperListener takes connections that nothing buffers: a byte that is not
// read holds up who writes it.
type scraperListener struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

// scraperConn is a connection from both its ends.
type scraperConn struct {
	net.Conn // the server's
	client   net.Conn
	closed   chan struct{} // by the server
	once     sync.Once
}

func (c *scraperConn) Close() error {
	c.once.Do(func() { close(c.closed) })
	return c.Conn.Close()
}

func (l *scraperListener) dial() *scraperConn {
	client, server := net.Pipe()
	c := &scraperConn{Conn: server, client: client, closed: make(chan struct{})}
	l.conns <- c
	return c
}

// scrape gives the number of samples of a scraper that is fast.
func (l *scraperListener) scrape(t *testing.T) int {
	t.Helper()
	c := l.dial()
	defer c.client.Close()
	io.WriteString(c.client, scrapeRequest)
	response, err := http.ReadResponse(bufio.NewReader(c.client), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("status %s, error %v", response.Status, err)
	}
	return count(string(body))
}

func (l *scraperListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *scraperListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l *scraperListener) Addr() net.Addr { return &net.UnixAddr{Name: "in memory", Net: "pipe"} }
